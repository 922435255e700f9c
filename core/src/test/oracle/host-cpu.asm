; The child of dejavm.oracle.HostCpu: runs cases on the processor of the host, natively, in user mode.
;
;   nasm -f bin -o core/src/test/resources/dejavm/oracle/host-cpu.elf core/src/test/oracle/host-cpu.asm
;
; A static executable for x86-64 Linux without a library. Its argument is a file that it shares with its parent;
; a byte on standard input says which of two batches of cases to run, a byte on standard output that it has.
;
; Everything happens in one signal handler. A case ends in a signal: that of the INT3 behind its code, or that of
; its fault. The handler takes the state out of the signal frame, puts the state of the next case there and
; returns, so that the kernel loads and stores all registers, for 64-bit and 32-bit code alike.
;
; The file, and where it is mapped (dejavm.oracle.Layout says the same):
;   0000  the number of cases in each batch; at 16 the address of the record of the present case
;   1000  code: two pages, executable at CODE and CODE+HIGH; a third takes what runs off their end
;   4000  data: two pages, writable at DATA and DATA+HIGH
;   6000  a page that is only readable, at DATA+3000h and DATA+HIGH+3000h
;   8000  the batches: LIMIT cases each; a case is a record before and a record after it
; All of it is writable at SHARED; between and around the pages at DATA and CODE nothing is mapped.
; What belongs to the child itself lies where no case points.

bits 64
default rel

CODE      equ 0x20000000
DATA      equ 0x10000000
HIGH      equ 0x234500000000
SHARED    equ 0x2E6B7D3A5000
FILE      equ 0x8000
LIMIT     equ 512
RECORD    equ 2048
CASE      equ 2 * RECORD
BATCH     equ LIMIT * CASE

; a record
R_RIP     equ 128
R_FLAGS   equ 136
R_CS      equ 144
R_TRAP    equ 152
R_ERROR   equ 160
R_CR2     equ 168
R_SUM     equ 176
R_FS      equ 200
R_GS      equ 208
R_FX      equ 256
R_BYTES   equ 672
R_DATA    equ 768
FX_SIZE   equ 416
CODE_SIZE equ 64

; which parts of the two data pages are in a record, one after the other: offset and length
ZONE0     equ 0
LENGTH0   equ 64
ZONE1     equ 0xE00
LENGTH1   equ 1024
ZONE2     equ 0x1FC0
LENGTH2   equ 64

; the signal frame: ucontext of the kernel
U_R8      equ 40
U_RDI     equ 104
U_RSI     equ 112
U_RBP     equ 120
U_RBX     equ 128
U_RDX     equ 136
U_RAX     equ 144
U_RCX     equ 152
U_RSP     equ 160
U_RIP     equ 168
U_FLAGS   equ 176
U_CS      equ 184
U_SS      equ 190
U_ERROR   equ 192
U_TRAP    equ 200
U_CR2     equ 216
U_FX      equ 224

SYS_READ  equ 0
SYS_WRITE equ 1
SYS_OPEN  equ 2
SYS_MMAP  equ 9
SYS_SIGACTION equ 13
SYS_SIGRETURN equ 15
SYS_EXIT  equ 60
SYS_SIGALTSTACK equ 131
SYS_MLOCKALL equ 151
SYS_PRCTL equ 157

org 0x550000000000

file:
    db 0x7F, "ELF", 2, 1, 1, 0
    dq 0
    dw 2, 62
    dd 1
    dq start
    dq headers - file
    dq 0
    dd 0
    dw 64, 56, 2, 0, 0, 0
headers:
    dd 1, 7                             ; PT_LOAD, all rights
    dq 0, file, file, end - file, memory_end - file, 0x1000
    dd 0x6474E551, 6                    ; PT_GNU_STACK: data is not executable
    dq 0, 0, 0, 0, 0, 16

; maps: address, offset in the file, length, rights
%macro map 4
    mov rdi, %1
    mov r9d, %2
    mov esi, %3
    mov edx, %4
    call map_file
%endmacro

start:
    mov rdi, [rsp + 16]                 ; the first argument
    mov esi, 2                          ; O_RDWR
    xor edx, edx
    mov eax, SYS_OPEN
    syscall
    test eax, eax
    js failed
    mov r8d, eax
    map SHARED, 0, FILE + 2 * BATCH, 3
    map CODE, 0x1000, 0x2000, 5
    map CODE + HIGH, 0x1000, 0x2000, 5
    map DATA, 0x4000, 0x2000, 3
    map DATA + HIGH, 0x4000, 0x2000, 3
    map DATA + 0x3000, 0x6000, 0x1000, 1
    map DATA + HIGH + 0x3000, 0x6000, 0x1000, 1

    mov edi, 1                          ; what is mapped is present: it shows in error codes
    mov eax, SYS_MLOCKALL
    syscall
    mov rdi, SHARED + 0x1000            ; wherever a case lands, it traps
    mov ecx, 0x3000
    mov al, 0xCC
    rep stosb

    lea rdi, [alternate]
    xor esi, esi
    mov eax, SYS_SIGALTSTACK
    syscall
    test eax, eax
    js failed
    lea rbx, [signals]
.signal:
    movzx edi, byte [rbx]
    test edi, edi
    jz .caught
    lea rsi, [action]
    xor edx, edx
    mov r10d, 8
    mov eax, SYS_SIGACTION
    syscall
    test eax, eax
    js failed
    inc rbx
    jmp .signal
.caught:
    mov eax, 0x2B                       ; 32-bit code needs data segments
    mov ds, eax
    mov es, eax
    mov edi, 38                         ; no new privileges; from here on read, write, sigreturn and exit
    mov esi, 1
    xor edx, edx
    xor r10d, r10d
    xor r8d, r8d
    mov eax, SYS_PRCTL
    syscall
    mov edi, 22                         ; PR_SET_SECCOMP
    mov esi, 1
    mov eax, SYS_PRCTL
    syscall

serve:
    lea rsp, [main_stack]
    xor edi, edi
    lea rsi, [byte_buffer]
    mov edx, 1
    mov eax, SYS_READ
    syscall
    cmp eax, 1
    jne failed
    movzx eax, byte [byte_buffer]
    and eax, 1
    mov rbx, SHARED
    mov ecx, [rbx + rax * 4]            ; cases
    mov edx, BATCH
    imul rax, rdx
    lea rbx, [rbx + rax + FILE]
    shl rcx, 12
    add rcx, rbx
    mov [next], rbx
    mov [last], rcx
    mov qword [current], 0
    int3                                ; the handler takes over
finished:
    mov edi, 1
    lea rsi, [byte_buffer]
    mov edx, 1
    mov eax, SYS_WRITE
    syscall
    jmp serve

failed:
    mov edi, 1
    mov eax, SYS_EXIT
    syscall
    ud2

map_file:
    push r8
    mov r10d, 0x108011                  ; MAP_SHARED, MAP_FIXED_NOREPLACE, MAP_POPULATE
    mov eax, SYS_MMAP
    push r9
    ; the kernel wants the descriptor in r8, the offset in r9
    syscall
    pop r9
    pop r8
    cmp rax, rdi
    jne failed
    ret

; rdx is the ucontext
handler:
    push 0x202                          ; whatever the case left in AC, NT and DF
    popfq
    mov r12, rdx
    mov r13, SHARED
    mov rbx, [current]
    test rbx, rbx
    jz .load

    lea rbp, [rbx + RECORD]
%macro out 2
    mov rax, [r12 + %1]
    mov [rbp + %2], rax
%endmacro
    out U_RAX, 0
    out U_RCX, 8
    out U_RDX, 16
    out U_RBX, 24
    out U_RSP, 32
    out U_RBP, 40
    out U_RSI, 48
    out U_RDI, 56
%assign i 0
%rep 8
    out U_R8 + 8 * i, 64 + 8 * i
%assign i i + 1
%endrep
    out U_RIP, R_RIP
    out U_FLAGS, R_FLAGS
    out U_TRAP, R_TRAP
    out U_ERROR, R_ERROR
    out U_CR2, R_CR2
    movzx eax, word [r12 + U_CS]
    mov [rbp + R_CS], rax
    mov rsi, [r12 + U_FX]
    lea rdi, [rbp + R_FX]
    mov ecx, FX_SIZE
    rep movsb
    lea rdi, [rbp + R_DATA]
    lea rsi, [r13 + 0x4000 + ZONE0]
    mov ecx, LENGTH0
    rep movsb
    lea rsi, [r13 + 0x4000 + ZONE1]
    mov ecx, LENGTH1
    rep movsb
    lea rsi, [r13 + 0x4000 + ZONE2]
    mov ecx, LENGTH2
    rep movsb

    lea rsi, [r13 + 0x4000]             ; the sum of all quadwords of the data pages
    mov ecx, 0x2000 / 64
    pxor xmm0, xmm0
    pxor xmm1, xmm1
.sum:
    paddq xmm0, [rsi]
    paddq xmm1, [rsi + 16]
    paddq xmm0, [rsi + 32]
    paddq xmm1, [rsi + 48]
    add rsi, 64
    dec ecx
    jnz .sum
    paddq xmm0, xmm1
    movhlps xmm1, xmm0
    paddq xmm0, xmm1
    movq [rbp + R_SUM], xmm0

    movzx edi, word [rbx + R_RIP]       ; bits 15 to 13 of an address of code are zero
    lea rdi, [r13 + rdi + 0x1000]
    mov rax, 0xCCCCCCCCCCCCCCCC
    mov ecx, CODE_SIZE / 8
    rep stosq

.load:
    mov rbx, [next]
    cmp rbx, [last]
    jae .done
    mov [current], rbx
    mov [r13 + 16], rbx
    lea rax, [rbx + CASE]
    mov [next], rax
%macro in 2
    mov rax, [rbx + %2]
    mov [r12 + %1], rax
%endmacro
    in U_RAX, 0
    in U_RCX, 8
    in U_RDX, 16
    in U_RBX, 24
    in U_RSP, 32
    in U_RBP, 40
    in U_RSI, 48
    in U_RDI, 56
%assign i 0
%rep 8
    in U_R8 + 8 * i, 64 + 8 * i
%assign i i + 1
%endrep
    in U_RIP, R_RIP
    in U_FLAGS, R_FLAGS
    mov rax, [rbx + R_CS]
    mov [r12 + U_CS], ax
    mov word [r12 + U_SS], 0x2B
    mov rdi, [r12 + U_FX]
    or qword [rdi + 512], 3             ; the frame holds x87 and XMM state
    lea rsi, [rbx + R_FX]
    mov ecx, FX_SIZE
    rep movsb
    lea rdi, [r13 + 0x4000]
    mov ecx, 0x2000
    xor eax, eax
    rep stosb
    lea rsi, [rbx + R_DATA]
    lea rdi, [r13 + 0x4000 + ZONE0]
    mov ecx, LENGTH0
    rep movsb
    lea rdi, [r13 + 0x4000 + ZONE1]
    mov ecx, LENGTH1
    rep movsb
    lea rdi, [r13 + 0x4000 + ZONE2]
    mov ecx, LENGTH2
    rep movsb
    movzx edi, word [rbx + R_RIP]
    lea rdi, [r13 + rdi + 0x1000]
    lea rsi, [rbx + R_BYTES]
    mov ecx, CODE_SIZE / 8
    rep movsq
    mov rax, [rbx + R_FS]               ; signal frames have no bases; they stay
    wrfsbase rax
    mov rax, [rbx + R_GS]
    wrgsbase rax
    ret

.done:
    lea rax, [finished]
    mov [r12 + U_RIP], rax
    mov qword [r12 + U_FLAGS], 0x202
    lea rax, [main_stack]
    mov [r12 + U_RSP], rax
    mov word [r12 + U_CS], 0x33
    mov word [r12 + U_SS], 0x2B
    ret

restorer:
    mov eax, SYS_SIGRETURN
    syscall
    ud2

signals:
    db 4, 5, 7, 8, 11, 0                ; SIGILL, SIGTRAP, SIGBUS, SIGFPE, SIGSEGV
align 8
action:
    dq handler
    dq 0x4C000004                       ; SA_SIGINFO, SA_NODEFER, SA_ONSTACK, SA_RESTORER
    dq restorer
    dq 0
alternate:
    dq handler_stack
    dd 0, 0
    dq 0x10000
end:

absolute end
    alignb 64
current:      resq 1
next:         resq 1
last:         resq 1
byte_buffer:  resq 1
    resb 256
main_stack:   resq 1
    alignb 64
handler_stack: resb 0x10000
memory_end:
