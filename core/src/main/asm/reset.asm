; The code that the CPU starts in when the machine boots without firmware.
;
; It is the end of a 64 KiB ROM (segment 0xF000, offsets 0xF800 to 0xFFFF). It does the little of a
; BIOS's work that guests take for granted - a text screen, a quiet PIC, an open A20 gate - and then
; brings the CPU into the state that the block of parameters at its start describes.
;
; Assemble: nasm -f bin -o reset.bin reset.asm
; The bytes are checked in as resource dejavm/machine/boot/reset.bin; ResetRom fills in the parameters.
; Sources: Intel SDM volume 3, 9.9 (switching to protected mode), 12.11 (memory types); IBM PS/2 Hardware Interface
; Technical Reference, Video Subsystem (register values of mode 3); Intel 8259A data sheet.

        org 0xF800
        bits 16

PHYSICAL equ 0xF0000            ; of this segment

; ---- parameters, at offset 0xF800; ResetRom knows these places
entry:  dd 0                    ; 32-bit: linear address; 16-bit: offset, segment
v_eax:  dd 0
v_ebx:  dd 0
v_edx:  dd 0
v_esi:  dd 0
v_esp:  dd 0
mode:   dd 0                    ; 1: flat 32-bit protected mode, 0: real mode
ignore: iret                    ; at 0xF81C: what the interrupt vectors point to
        align 32, db 0

start:
        cli
        cld
        xor ax, ax
        mov ds, ax
        mov ss, ax
        mov sp, 0x7C00
        in al, 0x92             ; A20 open; bit 0 would reset the machine
        or al, 2
        and al, 0xFE
        out 0x92, al
        call types
        call interrupts
        call video
        cmp byte [cs:mode], 0
        jne protected

        xor ax, ax
        mov ds, ax
        mov es, ax
        mov fs, ax
        mov gs, ax
        mov ss, ax
        mov esp, [cs:v_esp]
        mov ebx, [cs:v_ebx]
        mov edx, [cs:v_edx]
        mov esi, [cs:v_esi]
        xor edi, edi
        xor ebp, ebp
        xor ecx, ecx
        mov eax, [cs:v_eax]
        jmp far [cs:entry]

protected:
        o32 lgdt [cs:gdtr]
        mov eax, cr0
        and eax, 0x9FFFFFFF     ; caches on: CD and NW are set by a reset
        or al, 1
        mov cr0, eax
        jmp dword 0x10:(PHYSICAL + flat)

        bits 32
flat:
        mov ax, 0x18
        mov ds, ax
        mov es, ax
        mov fs, ax
        mov gs, ax
        mov ss, ax
        mov esp, [PHYSICAL + v_esp]
        mov ebx, [PHYSICAL + v_ebx]
        mov edx, [PHYSICAL + v_edx]
        mov esi, [PHYSICAL + v_esi]
        xor edi, edi
        xor ebp, ebp
        xor ecx, ecx
        mov eax, [PHYSICAL + v_eax]
        jmp [PHYSICAL + entry]

        bits 16
; The types of memory as a BIOS leaves them, if the CPU has registers for them: RAM is cached, the
; video adapter's is not, ROM is write-protected; above 2 GiB is the memory of PCI functions. Without
; them kernels take all memory for uncached.
types:  mov eax, 1
        cpuid
        test dh, 0x10           ; MTRR
        jz .end
        mov si, ranges
.next:  movzx ecx, word [cs:si]
        mov eax, [cs:si + 2]
        mov edx, [cs:si + 6]
        wrmsr
        add si, 10
        cmp si, ranges.end
        jb .next
.end:   ret

; The two PICs as a BIOS leaves them: IRQ 0 to 7 at vector 8, 8 to 15 at 0x70; but all masked, since
; there is nobody here to serve them.
interrupts:
        mov al, 0x11
        out 0x20, al
        out 0xA0, al
        mov al, 0x08
        out 0x21, al
        mov al, 0x70
        out 0xA1, al
        mov al, 4
        out 0x21, al
        mov al, 2
        out 0xA1, al
        mov al, 1
        out 0x21, al
        out 0xA1, al
        mov al, 0xFF
        out 0x21, al
        out 0xA1, al
        ret

; Text mode 3: 80 columns, 25 rows, 16 colours, memory at 0xB8000.
video:
        mov dx, 0x3C2
        mov al, 0x67
        out dx, al
        mov dx, 0x3C4
        mov si, sequencer
        mov cx, 5
        call indexed
        mov dx, 0x3D4
        mov ax, 0x0E11          ; registers 0 to 7 of the CRTC are locked until bit 7 of 0x11 is clear
        out dx, ax
        mov si, crtc
        mov cx, 25
        call indexed
        mov dx, 0x3CE
        mov si, graphics
        mov cx, 9
        call indexed
        mov dx, 0x3DA           ; reading it makes 0x3C0 expect an index
        in al, dx
        mov dx, 0x3C0
        mov si, attribute
        mov cx, 21
        xor ah, ah
.attribute:
        mov al, ah
        out dx, al
        cs lodsb
        out dx, al
        inc ah
        loop .attribute
        mov al, 0x20            ; the palette belongs to the display again
        out dx, al

        mov dx, 0x3C6
        mov al, 0xFF
        out dx, al
        mov dx, 0x3C8
        xor al, al
        out dx, al
        inc dx
        xor bl, bl              ; colour number: bits r g b at a third, R G B at two thirds
.colour:
        mov cl, 2
.component:
        mov al, bl
        shr al, cl
        xor ah, ah
        test al, 1
        jz .weak
        mov ah, 42
.weak:  test al, 8
        jz .out
        add ah, 21
.out:   mov al, ah
        out dx, al
        dec cl
        jns .component
        inc bl
        cmp bl, 64
        jb .colour

        mov ax, 0xB800
        mov es, ax
        xor di, di
        mov ax, 0x0720
        mov cx, 80 * 25
        rep stosw
        ret

; Writes CX registers from CS:SI through the index and data ports at DX.
indexed:
        xor al, al
.next:
        mov ah, [cs:si]
        out dx, ax
        inc si
        inc al
        loop .next
        ret

sequencer: db 0x03, 0x00, 0x03, 0x00, 0x02
crtc:      db 0x5F, 0x4F, 0x50, 0x82, 0x55, 0x81, 0xBF, 0x1F, 0x00, 0x4F, 0x0D, 0x0E, 0x00
           db 0x00, 0x00, 0x00, 0x9C, 0x8E, 0x8F, 0x28, 0x1F, 0x96, 0xB9, 0xA3, 0xFF
graphics:  db 0x00, 0x00, 0x00, 0x00, 0x00, 0x10, 0x0E, 0x00, 0xFF
attribute: db 0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x14, 0x07, 0x38, 0x39, 0x3A, 0x3B
           db 0x3C, 0x3D, 0x3E, 0x3F, 0x0C, 0x00, 0x0F, 0x08, 0x00

%macro range 3                  ; register, its high half, its low half
        dw %1
        dd %3, %2
%endmacro
ranges: range 0x250, 0x06060606, 0x06060606     ; 00000 to 7FFFF: write-back
        range 0x258, 0x06060606, 0x06060606     ; 80000 to 9FFFF
        range 0x259, 0x00000000, 0x00000000     ; A0000 to BFFFF: uncached
%assign register 0x268
%rep 8
        range register, 0x05050505, 0x05050505  ; C0000 to FFFFF: write-protected
%assign register register + 1
%endrep
        range 0x200, 0x00000000, 0x80000000     ; 2 to 4 GiB: uncached
        range 0x201, 0x0000000F, 0x80000800
        range 0x2FF, 0x00000000, 0x00000C06     ; all in force, write-back where nothing is said
.end:

        align 8, db 0
gdt:    dq 0, 0
        dq 0x00CF9B000000FFFF   ; 0x10: flat code, 32-bit
        dq 0x00CF93000000FFFF   ; 0x18: flat data
gdtr:   dw gdtr - gdt - 1
        dd PHYSICAL + gdt

        times 0xFFF0 - 0xF800 - ($ - $$) db 0
reset:  jmp 0xF000:start        ; leaves the top of 4 GiB for the alias below 1 MiB
        db 'DejaVM', 0
        times 0x10000 - 0xF800 - ($ - $$) db 0
