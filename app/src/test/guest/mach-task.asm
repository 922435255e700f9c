; The first task of GNU Mach, in place of the Hurd: user mode, traps, memory on demand, sleep, a
; message to the kernel. It says what it does on the kernel's console and then has the host reset.
;
; Assemble: nasm -f bin -o mach-task mach-task.asm
; Start: multiboot gnumach console=com0
;        module mach-task mach-task ${host-port} $(task-create) $(task-resume)
; Traps take their arguments on the stack, behind a return address, and go through a call gate.
; Source: the interface of the package gnumach-dev (mach/syscall_sw.h, mach_host.defs, message.h).

        bits 32
BASE    equ 0x10000
PAGES   equ 64
        org BASE

        db 0x7F, 'ELF', 1, 1, 1         ; 32 bits, little-endian
        times 9 db 0
        dw 2, 3                         ; executable, i386
        dd 1, start, program - BASE, 0, 0
        dw 52, 32, 1, 40, 0, 0
program:
        dd 1, 0, BASE, BASE, size, size + 0x1000, 7, 0x1000

%macro trap 1
        mov eax, %1
        call gate
%endmacro

start:
        mov ebx, [esp + 8]              ; argv[1]: the name of the host's port, in digits
        xor edi, edi
.digit: movzx eax, byte [ebx]
        sub al, '0'
        cmp al, 9
        ja .number
        imul edi, edi, 10
        add edi, eax
        inc ebx
        jmp .digit
.number:
        push hello
        trap -30                        ; mach_print
        mov eax, cs
        call print

        push own
        trap -30
        trap -28                        ; mach_task_self
        mov esi, eax
        call print

        push memory
        trap -30
        push 1
        push PAGES << 12
        push address
        push esi
        trap -65                        ; syscall_vm_allocate
        add esp, 16
        call print
        mov ebx, [address]
        mov ecx, PAGES
.touch: add [ebx], ecx                  ; each a page fault
        add ebx, 4096
        loop .touch
        mov ebx, [address]
        mov ecx, PAGES
        xor eax, eax
.sum:   add eax, [ebx]
        add ebx, 4096
        loop .sum
        push eax
        push sum
        trap -30
        pop eax
        pop eax
        call print

        push sleep
        trap -30
        mov ebx, 10
.sleep: push 100
        push 2                          ; wait
        push 0
        trap -61                        ; thread_switch
        add esp, 12
        dec ebx
        jnz .sleep

        push bye
        trap -30
        trap -26                        ; mach_reply_port
        mov [message.remote], edi
        mov [message.local], eax
        push 0
        push 0
        push eax
        push 64
        push 32
        push 3                          ; send and receive
        push message
        trap -25                        ; mach_msg
        call print
        jmp $

gate:   db 0x9A                         ; CALL 7:0
        dd 0
        dw 7
        ret

; EAX in hexadecimal, and a line's end.
print:  pusha
        mov edx, eax
        mov edi, digits
        mov ecx, 8
.next:  rol edx, 4
        mov al, dl
        and al, 15
        add al, '0'
        cmp al, '9'
        jbe .store
        add al, 'a' - '9' - 1
.store: stosb
        loop .next
        push digits
        trap -30
        pop eax
        popa
        ret

hello:  db 'first task: code segment ', 0
own:    db 'first task: port of its own ', 0
memory: db 'first task: 64 pages, result ', 0
sum:    db 'first task: their sum ', 0
sleep:  db 'first task: sleeps', 10, 0
bye:    db 'first task: resets the host', 10, 0
digits: db '00000000', 10, 0
        align 4
address: dd 0
message: dd 19 | 21 << 8, 32            ; copy the right to send, make one to answer once; size
.remote: dd 0
.local:  dd 0, 0, 2635                  ; host_reboot
        dd 2 | 32 << 8 | 1 << 16 | 1 << 28, 0
        times 32 db 0                   ; the answer is longer
size    equ $ - $$
