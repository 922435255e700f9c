; Exercises descriptors, gates, tasks, flags and virtual-8086 mode, and writes what happened to port
; 0xE9, a line for each of some 7900 cases: group, level, argument; vector, error code, EIP, CS,
; EFLAGS (without RF), ESP, SS, DS and ES, FS and GS, EAX, ECX, EDX, EBX, TR, LDTR, the machine status
; word, a sum over all access bytes of the GDT, and eight doublewords from the interrupted stack. A
; double fault, which is a task, gives an exclamation mark, the error code, the back link, and EIP,
; CS, EFLAGS, ESP, SS of the task that failed.
;
; system.bin is the start of the 64 KiB that this assembles to; behind it are zeros, and the jump at
; offset 0xFFF0. system.txt says what QEMU (TCG) prints otherwise, and why it is not followed.
;   nasm -f bin -o rom.bin system.asm
;   qemu-system-i386 -accel tcg -cpu pentium3 -m 16 -bios rom.bin -display none -net none \
;     -debugcon file:out.txt -device isa-debug-exit,iobase=0xf4

ROM equ 0xF0000
GDT equ 0x1000
IDT equ 0x2000
LDT equ 0x3000
TSS equ 0x4000
TSSB equ 0x5000
TSS16 equ 0x5100
TSSDF equ 0x5200
TSSR0 equ 0x5300
TSSV equ 0x5400
VARS equ 0x6000
v_sel equ VARS+0
v_cpl equ VARS+4
v_op equ VARS+8
v_idx equ VARS+12
v_ptr equ VARS+16
v_frame equ VARS+32
v_arg equ VARS+48
v_next equ VARS+64
v_gates equ VARS+68
HSTACK equ 0x8000

  org ROM
  bits 16
start:
  cli
  mov al, 0xFF
  out 0x21, al
  out 0xA1, al
  xor ax, ax
  mov ds, ax
  o32 lgdt [cs:gdtr - start]
  mov eax, cr0
  or al, 1
  and eax, 0x9FFFFFFF
  mov cr0, eax
  jmp dword 0x08:pm - 0

align 4
boot_gdt:
  dq 0, 0x00CF9B000000FFFF, 0x00CF93000000FFFF
gdtr:
  dw 23
  dd boot_gdt
gdtr2:
  dw gdt_end - gdt - 1
  dd GDT
idtr2:
  dw 0x7FF
  dd IDT

  bits 32
%macro SEG 4 ; base limit access flags
  dw %2 & 0xFFFF, %1 & 0xFFFF
  db (%1 >> 16) & 0xFF, %3, (%4 << 4) | ((%2 >> 16) & 15), (%1 >> 24) & 0xFF
%endmacro
%macro GATE 4 ; selector offset access params
  dw (%2 - start) & 0xFFFF, %1
  db %4, %3
  dw ((%3 >> 3) & 1) * 0xF
%endmacro
align 8
gdt:
  dq 0
  SEG 0, 0xFFFFF, 0x9B, 12 ; 08
  SEG 0, 0xFFFFF, 0x93, 12
  SEG 0, 0xFFFFF, 0xBB, 12 ; 18
  SEG 0, 0xFFFFF, 0xB3, 12
  SEG 0, 0xFFFFF, 0xDB, 12 ; 28
  SEG 0, 0xFFFFF, 0xD3, 12
  SEG 0, 0xFFFFF, 0xFB, 12 ; 38
  SEG 0, 0xFFFFF, 0xF3, 12
  SEG 0, 0xFFFFF, 0x9F, 12 ; 48 conforming
  SEG 0, 0xFFFFF, 0x99, 12 ; 50 execute-only
  SEG 0, 0xFFFFF, 0xF0, 12 ; 58 read-only
  SEG 0, 0xFFFFF, 0x72, 12 ; 60 not present
  SEG LDT, 0x1F, 0x82, 0   ; 68
  SEG TSS, 0x2FF, 0x89, 0  ; 70
  SEG TSSB, 0x67, 0x89, 0  ; 78
  SEG TSS16, 0x2B, 0x81, 0 ; 80
  SEG ROM, 0xFFFF, 0x9B, 0 ; 88 16-bit code
  SEG 0, 0xFFFF, 0x93, 0   ; 90 16-bit data
  SEG 0, 0xFFFFF, 0xFF, 12 ; 98 conforming, DPL 3
  SEG 0, 0x3, 0xF6, 12     ; A0 expand-down
  SEG 0, 0xFFFFF, 0x1A, 12 ; A8 code not present
  SEG 0, 0xFFFFF, 0x7A, 12 ; B0
  GATE 0x08, landing, 0xEC, 2 ; B8
  GATE 0x08, landing, 0x8C, 2 ; C0
  GATE 0x1A8, landing, 0xE4, 2 ; C8
  GATE 0x48, landing, 0xEC, 0 ; D0
  GATE 0x18, landing, 0xEC, 1 ; D8
  GATE 0, landing, 0xEC, 0 ; E0
  GATE 0x10, landing, 0xEC, 0 ; E8
  GATE 0x08, landing, 0x6C, 0 ; F0
  GATE 0xA8, landing, 0xEC, 0 ; F8
  GATE 0x38, landing, 0xEC, 0 ; 100
  GATE 0x78, landing, 0xE5, 0 ; 108 task gates
  GATE 0x78, landing, 0x85, 0 ; 110
  GATE 0x78, landing, 0x65, 0 ; 118
  GATE 0x10, landing, 0xE5, 0 ; 120
  SEG TSSB, 0x67, 0x8B, 0 ; 128 busy
  SEG TSSB, 0x67, 0x09, 0 ; 130 not present
  SEG TSSB, 0x66, 0x89, 0 ; 138 too small
  SEG LDT, 0x1F, 0x02, 0 ; 140
  GATE 0x08, landing, 0xEE, 0 ; 148
  SEG TSSR0, 0x67, 0x89, 0 ; 150 a task of level 0
  SEG TSSR0, 0x67, 0xE9, 0 ; 158 the same with DPL 3
  SEG TSSV, 0x67, 0x89, 0 ; 160 virtual-8086 mode
  GATE 0x1B0, landing, 0xEC, 0 ; 168 beyond the limit
  GATE 0x70, landing, 0xE5, 0 ; 170 to the busy task
  GATE 0x7C, landing, 0xE5, 0 ; 178 into the LDT
  GATE 0, landing, 0xE5, 0 ; 180
  GATE 0x158, landing, 0xE5, 0 ; 188
  SEG 0, 0xFFFF, 0xF3, 0 ; 190 16-bit data, DPL 3
  SEG 0, 0xFFFF, 0xFB, 4 ; 198 code with a limit of 64 KiB
  SEG TSSDF, 0x67, 0x89, 0 ; 1A0
  SEG ROM, 0xFFFF, 0x9B, 4 ; 1A8
  SEG 0, 0xFFFF, 0x9B, 4 ; 1B0 code with a limit of 64 KiB
  SEG 0, 0xFFFFF, 0x90, 12 ; 1B8 read-only, DPL 0
  dq 0 ; 1C0
gdt_end:
ldt:
  dq 0
  SEG 0, 0xFFFFF, 0xF3, 12 ; 0C data
  SEG 0, 0xFFFFF, 0x9B, 12 ; 14 code
  SEG TSSB, 0x67, 0x89, 0 ; 1C
selectors:
%assign s 0
%rep 58
  dw s
%assign s s+8
%endrep
  dw 4, 0xC, 0x14, 0x1C, 0x24, 0xFFF8
selectors_end:
SELECTORS equ (selectors_end - selectors) / 2
align 4
stacks: ; the ends of all stacks
  dd 0x8F80, 0x9F80, 0xA780, 0xAF80, 0xB380, 0xB780, 0xBB80, 0xBE80, 0xBF80, 0xFF80
stacks_end:
tss_fields: ; esp0.. of the main TSS
  dd 0, 0xA000, 0x10, 0xB000, 0x21, 0xB800, 0x32
task_b: ; cr3 eip flags eax.. es cs ss ds fs gs ldt trap
  dd 0, landing, 0x2, 1, 2, 3, 4, 0xC000, 6, 7, 8, 0x43, 0x3B, 0x43, 0x43, 0x43, 0x43, 0x68, 0x680000
task_r0:
  dd 0, landing, 0x2, 1, 2, 3, 4, 0xB400, 6, 7, 8, 0x10, 0x08, 0x10, 0x43, 0x43, 0x43, 0x68, 0x680000
task_df:
  dd 0, double, 0x2, 1, 2, 3, 4, HSTACK - 0x100, 6, 7, 8, 0x10, 0x08, 0x10, 0x10, 0, 0, 0, 0x680000
task_v:
  dd 0, v86_landing - start, 0x20002, 1, 2, 3, 4, 0x2000, 6, 7, 8, 0x10, 0xF000, 0x900, 0x43, 0x43, 0x43, 0x68, 0x680000
task_16: ; ip flags ax.. es cs ss ds ldt; a 16-bit stack, since the upper half of ESP is ones
  dw 0, landing - start, 2, 1, 2, 3, 4, 0xC000, 6, 7, 8, 0x10, 0x88, 0x90, 0x10, 0x68

; ---- output ----
putc: ; al
  out 0xE9, al
  ret
puts: ; esi
  lodsb
  test al, al
  jz .end
  out 0xE9, al
  jmp puts
.end:
  ret
hex: ; eax, ecx digits; keeps all
  pushad
  mov edx, eax
  mov ebx, ecx
  mov ecx, 8
  sub ecx, ebx
  shl ecx, 2
  jz .go
  shl edx, cl
.go:
  rol edx, 4
  mov al, dl
  and al, 15
  add al, '0'
  cmp al, '9'
  jbe .digit
  add al, 'a' - '9' - 1
.digit:
  out 0xE9, al
  dec ebx
  jnz .go
  mov al, ' '
  out 0xE9, al
  popad
  ret
%macro PUT 2 ; value digits
  mov eax, %1
  mov ecx, %2
  call hex
%endmacro

; ---- exceptions ----
%assign v 0
%rep 32
stub%+v:
 %if v = 8 || (v >= 10 && v <= 14) || v = 17
 %else
  push dword 0xEEEE
 %endif
  push dword v
  jmp near catch
%assign v v+1
%endrep
stub128:
  push dword 0xEEEE
  push dword 0x80
  jmp near catch
landing:
  int 0xFF
  jmp $
stub255:
  push dword 0xEEEE
  push dword 0xFF
catch:
  pushad
  mov eax, ds
  shl eax, 16
  mov ax, es
  mov ebx, eax
  mov ax, fs
  shl eax, 16
  mov ax, gs
  mov edx, eax
  mov ax, 0x10
  mov ds, ax
  mov es, ax
  movzx ebp, sp ; of a 16-bit task, the upper half is not an address
  push edx
  push ebx
  call header
  PUT [ebp + 32], 2
  PUT [ebp + 36], 4
  PUT [ebp + 40], 8
  PUT [ebp + 44], 4
  mov eax, [ebp + 48]
  and eax, ~0x10000
  mov ecx, 8
  call hex
  lea edi, [ebp + 52]
  mov ax, ss
  mov edx, eax
  test byte [ebp + 50], 2
  jnz .outer
  test byte [ebp + 44], 3
  jz .inner
.outer:
  mov edi, [ebp + 52]
  mov edx, [ebp + 56]
.inner:
  PUT edi, 8
  PUT edx, 4
  pop eax
  mov ecx, 8
  call hex
  pop eax
  mov ecx, 8
  call hex
  PUT [ebp + 28], 8
  PUT [ebp + 24], 8
  PUT [ebp + 20], 8
  PUT [ebp + 16], 8
  call trailer
  and edi, 0xFFFC
  mov ebx, 8
.words:
  PUT [edi], 8
  add edi, 4
  dec ebx
  jnz .words
  jmp done

header: ; op cpl arg
  PUT [v_op], 2
  PUT [v_cpl], 1
  PUT [v_sel], 4
  ret
trailer: ; tr ldt msw, sum of access bytes
  xor eax, eax
  str ax
  mov ecx, 4
  call hex
  xor eax, eax
  sldt ax
  call hex
  smsw eax
  mov ecx, 2
  call hex
  xor eax, eax
  mov edx, GDT + 4
.sum:
  rol eax, 1
  xor eax, [edx]
  add edx, 8
  cmp edx, GDT + (gdt_end - gdt)
  jb .sum
  mov ecx, 8
  call hex
  ret

double: ; a task of its own
  mov ax, 0x10
  mov es, ax
  pop ebx
  call header
  mov al, '!'
  call putc
  PUT ebx, 4
  movzx edi, word [TSSDF]
  PUT edi, 4
  and edi, 0xFFF8
  mov ebp, [GDT + edi + 2]
  and ebp, 0xFFFFFF
  PUT [ebp + 0x20], 8
  PUT [ebp + 0x4C], 4
  PUT [ebp + 0x24], 8
  PUT [ebp + 0x38], 8
  PUT [ebp + 0x50], 4
  call trailer
done:
  mov al, 10
  out 0xE9, al
  mov ax, 0x10
  mov ss, ax
  mov esp, HSTACK
  push dword 2
  popfd
  jmp [v_next]

; ---- the state that each case starts from ----
reset:
  mov ax, 0x10
  mov ds, ax
  mov es, ax
  mov ss, ax
  clts
  lgdt [gdtr2]
  lidt [idtr2]
  mov esi, gdt
  mov edi, GDT
  mov ecx, (gdt_end - gdt) / 4
  cld
  rep movsd
  mov esi, ldt
  mov edi, LDT
  mov ecx, 8
  rep movsd
  xor eax, eax
  mov edi, TSS
  mov ecx, 0x300 / 4
  rep stosd
  mov edi, TSSB
  mov ecx, 0x500 / 4
  rep stosd
  mov ebx, stacks
.stacks:
  mov edi, [ebx]
  mov ecx, 0x100 / 4
  rep stosd
  add ebx, 4
  cmp ebx, stacks_end
  jb .stacks
  mov esi, tss_fields
  mov edi, TSS
  mov ecx, 7
  rep movsd
  mov dword [TSS + 0x64], 0x680000
  mov edi, TSS + 0x68
  mov ecx, 0x80
  mov al, 0xFF
  rep stosb
  mov byte [TSS + 0x68 + 8], 0x08
  mov dword [TSSB + 4], 0xA800
  mov dword [TSSB + 8], 0x10
  mov dword [TSSR0 + 4], 0xA800
  mov dword [TSSR0 + 8], 0x10
  mov dword [TSSV + 4], 0xA800
  mov dword [TSSV + 8], 0x10
  mov word [TSS16 + 2], 0xA800
  mov word [TSS16 + 4], 0x10
  mov esi, task_b
  mov edi, TSSB + 0x1C
  call .task
  mov esi, task_r0
  mov edi, TSSR0 + 0x1C
  call .task
  mov esi, task_df
  mov edi, TSSDF + 0x1C
  call .task
  mov esi, task_v
  mov edi, TSSV + 0x1C
  call .task
  mov esi, task_16
  mov edi, TSS16 + 0x0C
  mov ecx, 16
  rep movsw
  ; IDT: 32-bit interrupt gates; 3, 0x80 and 0xFF for everyone; 8 a task
  mov edi, IDT
  xor ebx, ebx
.gates:
  mov eax, stub0
  cmp ebx, 32
  jae .high
  lea eax, [ebx * 4]
  mov eax, [stubs + eax]
.high:
  call setgate
  inc ebx
  cmp ebx, [v_gates]
  jb .gates
  mov dword [v_gates], 32
  mov byte [IDT + 3 * 8 + 5], 0xEE
  mov ebx, 0x80
  mov eax, stub128
  call setgate
  mov byte [IDT + 0x80 * 8 + 5], 0xEE
  mov ebx, 0xFF
  mov eax, stub255
  call setgate
  mov byte [IDT + 0xFF * 8 + 5], 0xEE
  mov dword [IDT + 8 * 8], 0x1A0 << 16
  mov dword [IDT + 8 * 8 + 4], 0x8500
  xor eax, eax
  mov fs, ax
  mov gs, ax
  mov ax, 0x68
  lldt ax
  mov ax, 0x70
  ltr ax
  ret
.task:
  mov ecx, 19
  rep movsd
  ret
setgate: ; ebx vector, eax offset
  push eax
  mov [IDT + ebx * 8], ax
  mov word [IDT + ebx * 8 + 2], 8
  mov word [IDT + ebx * 8 + 4], 0x8E00
  shr eax, 16
  mov [IDT + ebx * 8 + 6], ax
  pop eax
  ret
align 4
stubs:
%assign v 0
%rep 32
  dd stub%+v
%assign v v+1
%endrep

; ---- entering a level: edx = where, v_cpl the level, ebp = EFLAGS ----
code_of: dw 0x08, 0x19, 0x2A, 0x3B
data_of: dw 0x10, 0x21, 0x32, 0x43
stack_of: dd 0x9000, 0xB400, 0xBC00, 0xC000
enter_level:
  mov ax, 0x43
  mov ds, ax
  mov es, ax
  mov fs, ax
  mov gs, ax
  mov ecx, [v_cpl]
  cmp ecx, 0
  je .same
  movzx eax, word [data_of + ecx * 2]
  push eax
  push dword [stack_of + ecx * 4]
  push ebp
  movzx eax, word [code_of + ecx * 2]
  push eax
  push edx
  jmp .go
.same:
  mov esp, 0x9000
  push ebp
  push dword 8
  push edx
.go:
  mov eax, [v_sel]
  mov ebx, 0xBBBBBBBB
  mov ecx, 0xCCCCCCCC
  mov edx, 0xDDDDDDDD
  mov esi, 0x51515151
  mov edi, 0xD1D1D1D1
  mov ebp, 0xB9B9B9B9
  iretd

; ---- the groups: prepare, body, levels, list of arguments, its length ----
pm:
  mov ax, 0x10
  mov ds, ax
  mov es, ax
  mov ss, ax
  mov esp, HSTACK
  mov dword [v_op], 0
  mov dword [v_gates], 256
  ; where a processor that does not check the limit of a segment based at ROM gets to
  mov dword [ROM + landing], 0xFEEBFFCD
  ; and a 16-bit offset in a segment based at 0
  mov dword [landing - start], 0xFEEBFFCD
next_group:
  mov dword [v_cpl], 0
next_level:
  imul ebx, [v_op], 20
  mov ecx, [v_cpl]
  bt [groups + ebx + 8], ecx
  jnc skip_level
  mov dword [v_idx], 0
next_case:
  imul ebx, [v_op], 20
  mov ecx, [v_idx]
  cmp ecx, [groups + ebx + 16]
  jae skip_level
  mov edx, [groups + ebx + 12]
  movzx eax, word [edx + ecx * 2]
  mov [v_sel], eax
  mov dword [v_next], after_case
  call reset
  mov eax, [v_sel]
  mov dword [v_ptr], landing
  mov [v_ptr + 4], ax
  mov ebp, 2
  imul ebx, [v_op], 20
  mov edx, [groups + ebx + 4]
  call [groups + ebx]
  jmp enter_level
after_case:
  inc dword [v_idx]
  jmp next_case
skip_level:
  inc dword [v_cpl]
  cmp dword [v_cpl], 4
  jb next_level
  inc dword [v_op]
  cmp dword [v_op], GROUPS
  jb next_group
  jmp v86_tests
finish:
  mov al, 0
  mov dx, 0xF4
  out dx, al
  cli
  hlt

%macro GROUP 5
  dd %1, %2, %3, %4, %5
%endmacro
%define SELS all_selectors, ALL
align 4
groups:
  GROUP p_none, b_es, 11, SELS            ; 00
  GROUP p_none, b_ss, 11, SELS            ; 01
  GROUP p_none, b_query, 11, SELS         ; 02
  GROUP p_none, b_jmp, 11, SELS           ; 03
  GROUP p_none, b_call, 11, SELS          ; 04
  GROUP p_none, b_retf, 11, SELS          ; 05
  GROUP p_none, b_iret, 11, SELS          ; 06
  GROUP p_none, b_retf_ss, 3, SELS        ; 07
  GROUP p_none, b_lldt, 1, SELS           ; 08
  GROUP p_none, b_ltr, 1, SELS            ; 09
  GROUP p_link, b_nested, 9, SELS         ; 0a
  GROUP p_int, b_int, 11, SELS            ; 0b
  GROUP p_ud, b_ud, 11, SELS              ; 0c
  GROUP p_ss0, b_gate, 8, SELS            ; 0d
  GROUP p_ss0, b_int, 8, SELS             ; 0e
  GROUP p_ss0, b_ud, 8, SELS              ; 0f
  GROUP p_task_cs, b_task, 1, SELS        ; 10
  GROUP p_task_ss, b_task, 1, SELS        ; 11
  GROUP p_task_ds, b_task, 1, SELS        ; 12
  GROUP p_task_ldt, b_task, 1, SELS       ; 13
  GROUP p_rights, b_int, 11, all_rights, 64   ; 14
  GROUP p_rights, b_ud, 11, all_rights, 64    ; 15
  GROUP p_limit, b_int, 9, limits, 6      ; 16
  GROUP p_limit, b_ud, 9, limits, 6       ; 17
  GROUP p_flags, b_popfd, 15, flag_words, 16 ; 18
  GROUP p_flags, b_popf, 15, flag_words, 16  ; 19
  GROUP p_flags, b_iretd, 15, flag_words, 16 ; 1a
  GROUP p_flags, b_iretw, 15, flag_words, 16 ; 1b
  GROUP p_flags, b_cli, 15, flag_words, 16   ; 1c
  GROUP p_flags, b_sti, 15, flag_words, 16   ; 1d
  GROUP p_none, b_port, 8, ports, 12      ; 1e
  GROUP p_none, b_jump_table, 9, zero_to, JUMPS ; 1f
  GROUP p_task_flags, b_task, 1, flag_words, 16 ; 20
  GROUP p_esp0, b_int, 8, esps, 8         ; 21
  GROUP p_esp0, b_ud, 8, esps, 8          ; 22
  GROUP p_esp0, b_gate, 8, esps, 8        ; 23
  GROUP p_task_gate, b_int, 11, SELS      ; 24
  GROUP p_task_gate, b_ud, 11, SELS       ; 25
  GROUP p_task_gate_gp, b_gp, 11, SELS    ; 26
  GROUP p_tss_limit, b_int, 8, limits_tss, 8 ; 27
  GROUP p_none, b_retfw, 3, SELS          ; 28
  GROUP p_none, b_callw, 1, SELS          ; 29
  GROUP p_none, b_limits, 1, offsets, 14  ; 2a
GROUPS equ ($ - groups) / 20

p_none:
  ret
b_es:
  mov es, ax
  int 0xFF
b_ss:
  mov ss, ax
  int 0xFF
b_query:
  mov esi, eax
  xor edi, edi
  mov ebx, 0x5A5A5A5A
  mov ecx, ebx
  lar ebx, si
  setz al
  lsl ecx, si
  setz ah
  verr si
  setz dl
  verw si
  setz dh
  int 0xFF
b_jmp:
  xor ebx, ebx
  jmp far [v_ptr]
b_call:
  push dword 0x11111111
  push dword 0x22222222
  xor ebx, ebx
  call far [v_ptr]
b_callw:
  mov word [v_ptr + 2], landing - start
  xor ebx, ebx
  o16 call far [v_ptr + 2]
b_retf:
  and eax, 3
  movzx ecx, word [data_of + eax * 2]
  push ecx
  push dword 0xBF00
  push dword [v_sel]
  push dword landing
  xor ebx, ebx
  retf
b_retfw:
  and eax, 3
  movzx ecx, word [data_of + eax * 2]
  push cx
  push word 0xBF00
  push word [v_sel]
  push word landing - start
  xor ebx, ebx
  o16 retf
b_iret:
  and eax, 3
  movzx ecx, word [data_of + eax * 2]
  push ecx
  push dword 0xBF00
  push dword 0x3046
  push dword [v_sel]
  push dword landing
  xor ebx, ebx
  iretd
b_retf_ss:
  push eax
  push dword 0x5678BF00
  push dword 0x3B
  push dword landing
  xor ebx, ebx
  retf
b_lldt:
  lldt ax
  int 0xFF
b_ltr:
  ltr ax
  int 0xFF
p_link:
  mov [TSS], ax
  ret
b_nested:
  push dword 0x4002
  popfd
  iretd
p_int:
  mov dword [IDT + 0x80 * 8 + 4], 0xFEE00
  mov word [IDT + 0x80 * 8], landing - start
  mov [IDT + 0x80 * 8 + 2], ax
  ret
b_int:
  xor ebx, ebx
  int 0x80
  int 0xFF
p_ud:
  mov dword [IDT + 6 * 8 + 4], 0xF8E00
  mov word [IDT + 6 * 8], landing - start
  mov [IDT + 6 * 8 + 2], ax
  ret
b_ud:
  xor ebx, ebx
  ud2
p_ss0:
  mov [TSS + 8], ax
  ret
b_gate:
  mov word [v_ptr + 4], 0xB8
  push dword 0x11111111
  push dword 0x22222222
  xor ebx, ebx
  call far [v_ptr]
p_task_cs:
  mov [TSSB + 0x4C], ax
  ret
p_task_ss:
  mov [TSSB + 0x50], ax
  ret
p_task_ds:
  mov [TSSB + 0x54], ax
  ret
p_task_ldt:
  mov [TSSB + 0x60], ax
  ret
b_task:
  xor ebx, ebx
  jmp 0x78:0
p_rights:
  mov byte [IDT + 0x80 * 8 + 5], al
  mov byte [IDT + 6 * 8 + 5], al
  and al, 0x1F
  cmp al, 5
  jne .small
  mov word [IDT + 0x80 * 8 + 2], 0x78
  mov word [IDT + 6 * 8 + 2], 0x78
.small:
  test al, 8
  jnz .end
  mov word [IDT + 0x80 * 8], landing - start
  mov word [IDT + 6 * 8], landing - start
  mov word [IDT + 0x80 * 8 + 6], 0
  mov word [IDT + 6 * 8 + 6], 0
  cmp al, 5
  je .end
  mov word [IDT + 0x80 * 8 + 2], 0x1A8
  mov word [IDT + 6 * 8 + 2], 0x1A8
.end:
  ret
p_limit:
  mov [v_arg], ax
  mov dword [v_arg + 2], IDT
  lidt [v_arg]
  ret
p_flags:
  mov ebp, eax
  and ebp, 0x7000
  or ebp, 2
  test al, 1
  jz .nt
  or ebp, 0x200
.nt:
  and ebp, ~0x4000
  ret
%macro FLAGWORD 0 ; eax = an image from the argument: bits 3:1 choose
  xor ecx, ecx
  test al, 2
  jz %%a
  or ecx, 0x3C7ED5 ; all but TF, VM, RF
%%a:
  test al, 4
  jz %%b
  or ecx, 0x10000
%%b:
%endmacro
b_popfd:
  FLAGWORD
  push ecx
  popfd
  pushfd
  pop eax
  int 0xFF
b_popf:
  FLAGWORD
  push ecx
  popf
  pushfd
  pop eax
  int 0xFF
b_iretd:
  FLAGWORD
  mov edx, cs
  push ecx
  push edx
  push dword .to
  iretd
.to:
  pushfd
  pop eax
  int 0xFF
b_iretw:
  FLAGWORD
  mov edx, cs
  push cx
  push dx
  push word landing - start
  o16 iret
b_cli:
  cli
  pushfd
  pop eax
  int 0xFF
b_sti:
  sti
  pushfd
  pop eax
  cli
  int 0xFF
b_port:
  mov edx, eax
  and edx, 0xFFF
  shr eax, 12
  cmp al, 2
  je .word
  ja .long
  in al, dx
  jmp .end
.word:
  in ax, dx
  jmp .end
.long:
  in eax, dx
.end:
  xor eax, eax
  int 0xFF
p_task_flags:
  mov ebx, eax
  and ebx, 0x7000
  test al, 1
  jz .a
  or ebx, 0x200
.a:
  test al, 2
  jz .b
  or ebx, 0x3C0CD5
.b:
  mov [TSSB + 0x24], ebx
  ret
p_esp0:
  movzx eax, ax
  mov [TSS + 4], eax
  mov word [TSS + 8], 0x90
  ret
p_task_gate:
  mov word [IDT + 0x80 * 8 + 2], ax
  mov byte [IDT + 0x80 * 8 + 5], 0xE5
  mov word [IDT + 6 * 8 + 2], ax
  mov byte [IDT + 6 * 8 + 5], 0x85
  ret
p_task_gate_gp:
  mov word [IDT + 13 * 8 + 2], ax
  mov byte [IDT + 13 * 8 + 5], 0x85
  ret
b_gp:
  xor ebx, ebx
  mov ax, 0x1B8
  mov ss, ax
  int 0xFF
p_tss_limit:
  push eax
  mov ax, 0x18
  call p_int
  pop eax
  mov byte [GDT + 0x70 + 5], 0x89
  mov [GDT + 0x70], ax
  mov ax, 0x70
  ltr ax
  ret
b_limits:
  mov ebx, eax
  mov ecx, eax
  and ecx, 0xF
  and ebx, 0xFFF0
  cmp ecx, 8
  jae .far
  mov ax, 0xA3 & 0xFFFB
  jmp .go
.far:
  mov ax, 0x90
.go:
  mov es, ax
  movzx ebx, bx
  add ebx, 0x0C
  test cl, 4
  jz .low
  or ebx, 0xFFFF0000
.low:
  test cl, 1
  jz .even
  add ebx, 2
.even:
  test cl, 2
  jnz .wide
  mov dx, [es:ebx]
  xor edx, edx
  int 0xFF
.wide:
  mov edx, [es:ebx]
  xor edx, edx
  int 0xFF

; single instructions, by number
b_jump_table:
  jmp [jumps + eax * 4]
align 4
jumps:
  dd j_hlt, j_clts, j_invlpg, j_wbinvd, j_invd, j_lmsw, j_smsw, j_movcr, j_movcr3
  dd j_movdr, j_rdmsr, j_wrmsr_bad, j_lgdt, j_sgdt, j_sidt, j_icebp, j_into, j_into_of, j_int3, j_sysenter
  dd j_sysexit, j_call_small, j_jmp_small, j_arpl, j_arpl2, j_sldt, j_str, j_int_odd, j_ltr_null, j_push_small
  dd j_fs_null, j_cs_write, j_ro_write, j_xo_read, j_ud_cr1, j_rsm, j_iret_v86, j_iret_nt, j_enter16
  dd j_dr6, j_dr7
JUMPS equ ($ - jumps) / 4
zero_to:
%assign v 0
%rep 64
  dw v
%assign v v+1
%endrep
j_hlt:
  mov edx, cs
  test dl, 3
  jz .end
  hlt
.end:
  int 0xFF
j_clts:
  clts
  int 0xFF
j_invlpg:
  invlpg [0]
  int 0xFF
j_wbinvd:
  wbinvd
  int 0xFF
j_invd:
  mov edx, cs
  test dl, 3
  jz .end
  invd
.end:
  int 0xFF
j_lmsw:
  mov ax, 8
  lmsw ax
  smsw ax
  int 0xFF
j_smsw:
  smsw eax
  int 0xFF
j_movcr:
  mov eax, cr0
  int 0xFF
j_movcr3:
  mov eax, 0x12345000
  mov cr3, eax
  mov eax, cr3
  int 0xFF
j_movdr:
  mov eax, dr6
  int 0xFF
j_rdmsr:
  mov ecx, 0x174
  rdmsr
  int 0xFF
j_wrmsr_bad:
  mov ecx, 0x277
  mov eax, 0x00070402
  mov edx, 0x00070406
  wrmsr
  int 0xFF
j_lgdt:
  lgdt [gdtr2]
  int 0xFF
j_sgdt:
  mov dword [v_frame], -1
  mov dword [v_frame + 4], -1
  o16 sgdt [v_frame]
  mov eax, [v_frame]
  mov edx, [v_frame + 4]
  int 0xFF
j_sidt:
  mov dword [v_frame], -1
  mov dword [v_frame + 4], -1
  sidt [v_frame]
  mov eax, [v_frame]
  mov edx, [v_frame + 4]
  int 0xFF
j_icebp:
  db 0xF1
  int 0xFF
j_into:
  xor eax, eax
  into
  int 0xFF
j_into_of:
  mov al, 0x7F
  inc al
  into
  int 0xFF
j_int3:
  int3
j_sysenter:
  sysenter
  int 0xFF
j_sysexit:
  sysexit
  int 0xFF
j_call_small:
  mov word [v_ptr + 4], 0x1B0
  call far [v_ptr]
j_jmp_small:
  mov word [v_ptr + 4], 0x1B0
  jmp far [v_ptr]
j_arpl:
  mov ax, 0x1234
  mov cx, 3
  arpl ax, cx
  int 0xFF
j_arpl2:
  mov ax, 0x1237
  mov cx, 2
  arpl ax, cx
  int 0xFF
j_sldt:
  mov eax, -1
  sldt eax
  int 0xFF
j_str:
  mov eax, -1
  str eax
  int 0xFF
j_int_odd:
  int 0x81
j_ltr_null:
  xor eax, eax
  ltr ax
j_push_small:
  mov ebx, 0x190
  mov ecx, cs
  and ecx, 3
  or ebx, ecx
  test cl, 3
  jnz .three
  mov ebx, 0x90
.three:
  mov ss, bx
  mov esp, 0x40001
  push eax
  int 0xFF
j_fs_null:
  xor eax, eax
  mov fs, ax
  mov eax, [fs:0]
j_cs_write:
  mov [cs:v_frame], eax
j_ro_write:
  mov cx, 0x5B
  mov fs, cx
  mov ecx, [fs:v_frame]
  mov [fs:v_frame], eax
j_xo_read:
  mov cx, 0x50
  push cs
  pop ecx
  test cl, 3
  jnz .end
  jmp 0x50:.there
.there:
  mov eax, [cs:v_frame]
.end:
  int 0xFF
j_ud_cr1:
  db 0x0F, 0x22, 0xC8
j_rsm:
  rsm
j_iret_v86:
  push dword 0x43
  push dword 0x43
  push dword 0x900
  push dword 0x900
  push dword 0
  push dword 0x2000
  push dword 0x23002
  push dword 0xF000
  push dword v86_landing - start
  iretd
j_iret_nt:
  push dword 0x4002
  popfd
  mov word [TSS], 0x80
  iretd
j_enter16:
  mov ecx, cs
  test cl, 3
  jnz .end
  jmp 0x88:.there - start
.there:
  bits 16
  call dword .next
.next:
  pop eax
  push cs
  call .next2
.next2:
  int 0xFF
  bits 32
.end:
  int 0xFF
j_dr6:
  xor eax, eax
  mov dr6, eax
  mov eax, dr6
  int 0xFF
j_dr7:
  mov eax, 0x5555
  and eax, 0xFFFF0000
  mov dr7, eax
  mov eax, dr7
  int 0xFF

; ---- lists ----
align 2
all_selectors:
%macro LIST 1
%assign s 0
%rep 57
  dw s | %1
%assign s s+8
%endrep
  dw 4 | %1, 0xC | %1, 0x14 | %1, 0x1C | %1, 0x24 | %1, 0xFFF8 | %1
%endmacro
  LIST 0
  LIST 3
  dw 0x19, 0x21, 0x2A, 0x32, 0x09, 0x11
ALL equ ($ - all_selectors) / 2
all_rights:
%assign s 0
%rep 32
  dw s | 0x80
%assign s s+1
%endrep
%assign s 0
%rep 16
  dw s | 0xE0
%assign s s+1
%endrep
%assign s 0
%rep 16
  dw s | 0x60
%assign s s+1
%endrep
limits: dw 0x7FF, 0x406, 0x407, 0x7F, 0x80, 0x67
limits_tss: dw 0x2FF, 0x67, 0x12, 0x11, 0x10, 0x0F, 0x0C, 0x09
flag_words: dw 0, 1, 2, 3, 6, 7, 0x1000, 0x1001, 0x1002, 0x1003, 0x3000, 0x3001, 0x3002, 0x3003, 0x3006, 0x2003
ports: dw 0x1040, 0x1043, 0x2042, 0x2040, 0x4040, 0x4044, 0x4045, 0x1080, 0x13F7, 0x13F8, 0x1400, 0x1FFF
esps: dw 0xA000, 0xA002, 0xA001, 0xA0A8, 0xFFFC, 0, 0xFFFE, 0x0200
offsets: dw 0x3FF0, 0x3FF1, 0x3FF2, 0x3FF3, 0x3FE0, 0x4002, 0xFFF6, 0xFFF7, 0xFFF4, 0xFFF5, 0xFFF8, 0xFFFA, 0xFFFB, 0xFFFC

; ---- virtual-8086 mode ----
v86_tests:
  mov dword [v_op], 0x80
  mov dword [v_idx], 0
.next:
  mov ecx, [v_idx]
  cmp ecx, V86_CASES * 2
  jae finish
  mov dword [v_next], .after
  call reset
  mov ecx, [v_idx]
  mov [v_sel], ecx
  mov dword [v_cpl], 3
  mov edx, ecx
  shr edx, 1
  mov edx, [v86_cases + edx * 4]
  push dword 0x43
  push dword 0x43
  push dword 0x900
  push dword 0x900
  push dword 0
  push dword 0x2000
  mov eax, 0x20002
  test cl, 1
  jz .low
  or eax, 0x3000
.low:
  push eax
  push dword 0xF000
  push edx
  xor eax, eax
  mov ebx, 0xBBBBBBBB
  mov ecx, 0xCCCCCCCC
  mov edx, 0xDDDDDDDD
  iretd
.after:
  inc dword [v_idx]
  jmp .next

%macro V 1
  dd %1 - start
%endmacro
align 4
v86_cases:
  V v_none
  V v_cli
  V v_sti
  V v_pushf
  V v_popf
  V v_pushfd
  V v_popfd
  V v_iret
  V v_iretd
  V v_int
  V v_int81
  V v_into
  V v_icebp
  V v_hlt
  V v_cr0
  V v_lldt
  V v_sldt
  V v_lar
  V v_smsw
  V v_lmsw
  V v_sgdt
  V v_lgdt
  V v_port
  V v_port_closed
  V v_limit
  V v_stack
  V v_ds
  V v_call
  V v_retf
  V v_jmp_far
  V v_write_cs
  V v_ud
  V v_nt
  V v_far_limit
  V v_clts
  V v_arpl
  V v_call_gp
  V v_sysenter
V86_CASES equ ($ - v86_cases) / 4
  bits 16
v_none:
v86_landing:
  int3
v_cli:
  cli
  int3
v_sti:
  sti
  cli
  int3
v_pushf:
  pushf
  pop ax
  int3
v_popf:
  push word 0x7ED5
  popf
  int3
v_pushfd:
  pushfd
  pop eax
  int3
v_popfd:
  push dword 0x3C7ED5
  popfd
  int3
v_iret:
  push word 0x7ED5
  push cs
  push word v86_landing - start
  iret
v_iretd:
  push dword 0x3C7ED5
  push dword 0xF000
  push dword v86_landing - start
  iretd
v_int:
  int 0x80
v_int81:
  int 0x81
v_into:
  mov al, 0x7F
  inc al
  into
v_icebp:
  db 0xF1
v_hlt:
  hlt
v_cr0:
  mov eax, cr0
v_lldt:
  lldt ax
v_sldt:
  sldt ax
v_lar:
  lar ax, bx
v_smsw:
  smsw ax
  int3
v_lmsw:
  lmsw ax
v_sgdt:
  sgdt [0x1000]
  mov ax, [0x1000]
  mov edx, [0x1002]
  int3
v_lgdt:
  lgdt [0x1000]
v_port:
  in al, 0x40
  xor ax, ax
  int3
v_port_closed:
  in al, 0x43
v_limit:
  mov eax, [0xFFFE]
v_stack:
  mov sp, 1
  push ax
v_ds:
  mov ax, 0x1234
  mov ds, ax
  mov gs, ax
  lds bx, [cs:.far - start]
  int3
.far:
  dw 0x5678, 0x9ABC
v_call:
  call 0xF000:(v86_landing - start)
v_retf:
  push cs
  push word v86_landing - start
  retf
v_jmp_far:
  jmp 0xF001:(v86_landing - start - 0x10)
v_write_cs:
  mov [cs:0], ax
  int3
v_ud:
  ud2
v_nt:
  push word 0x4002
  popf
  push word 0x3002
  push cs
  push word v86_landing - start
  iret
v_far_limit:
  push dword 0xF000
  push dword 0x10000
  o32 retf
v_clts:
  clts
v_arpl:
  arpl ax, bx
v_call_gp:
  jmp dword 0xF000:0x12345
v_sysenter:
  sysenter

  times 0xFFF0 - ($ - $$) db 0
  jmp 0xF000:start - start
  times 0x10000 - ($ - $$) db 0
