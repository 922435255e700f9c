; The guest "tiny": a kernel of a few KB that uses what a recorder has to get right - timer,
; keyboard and serial interrupts, paging and its faults, block copies, self-modifying code, the time
; stamp counter - and prints a line for each thing it is told to do, on COM1 and the text screen.
;
; With job=demo on its command line it does everything once, halts through a few timer ticks, and
; switches the power off.
;
; Assemble: nasm -f bin -o tiny.bin tiny.asm
; The bytes are checked in as resource dejavm/machine/boot/tiny.bin; the file is a multiboot image.
; Sources: Multiboot Specification 0.6.96; Intel SDM volume 3, chapters 3 to 6; data sheets of the
; Intel 8259A, 8254 and 8042 and of the National Semiconductor PC16550D; ACPI 6.5, section 4.8.

        org 0x100000
        bits 32

COM1     equ 0x3F8
SCREEN   equ 0xB8000
COLUMNS  equ 80
ROWS     equ 25
DIVISOR  equ 11932              ; 1193182 Hz / 100 Hz
BUFFER   equ 0x10000            ; bytes that "sum" copies
RING     equ 64
LINE     equ 64
WINDOW   equ 0xC00000           ; an address that is not mapped until it is touched
NOWHERE  equ 0xC0001000         ; an address that never is

header: dd 0x1BADB002, 0x10000, -(0x1BADB002 + 0x10000)
        dd header, header, end_of_image, end_of_memory, entry

; ---------------------------------------------------------------- start
entry:
        cli
        cld
        mov esp, stack_top
        mov ebp, ebx            ; multiboot information
        lgdt [gdtr]
        jmp 0x08:.flat
.flat:  mov cx, 0x10
        mov ds, cx
        mov es, cx
        mov fs, cx
        mov gs, cx
        mov ss, cx
        cmp eax, 0x2BADB002
        jne .no_job
        test byte [ebp], 4      ; is there a command line?
        jz .no_job
        mov esi, [ebp + 16]
        call find_job
.no_job:
        call build_idt
        call start_paging
        call start_pic
        call start_pit
        call start_serial
        call start_keyboard
        call clear_screen
        sti
        mov esi, text_banner
        call print_line
        cmp byte [demo], 0
        jne run_demo

shell:
        mov esi, text_prompt
        call print
        call read_line
        call execute
        jmp shell

run_demo:
        mov ebx, demo_commands
.next:  mov esi, [ebx]
        test esi, esi
        jz shell
        mov edi, line
.copy:  lodsb
        stosb
        test al, al
        jnz .copy
        push ebx
        call execute
        mov eax, 3
        call wait_ticks
        pop ebx
        add ebx, 4
        jmp .next

; Sets [demo] if the text at ESI holds "job=demo".
find_job:
        mov edi, text_job
        mov ecx, 8
        push esi
        repe cmpsb
        pop esi
        je .found
        inc esi
        cmp byte [esi - 1], 0
        jne find_job
        ret
.found: mov byte [demo], 1
        ret

; ---------------------------------------------------------------- tables and chips
build_idt:
        mov edi, idt
        mov esi, stubs
        mov ecx, 48
.gate:  mov eax, esi
        mov [edi], ax
        mov word [edi + 2], 0x08
        mov word [edi + 4], 0x8E00      ; present, 32-bit interrupt gate
        shr eax, 16
        mov [edi + 6], ax
        add edi, 8
        add esi, STUB_SIZE
        loop .gate
        lidt [idtr]
        ret

; Maps the first 8 MiB to themselves, the first page of "dst" read-only through its alias.
start_paging:
        mov edi, page_tables
        mov eax, 3
        mov ecx, 2048
.entry: stosd
        add eax, 0x1000
        loop .entry
        mov dword [page_directory], page_tables + 3
        mov dword [page_directory + 4], page_tables + 0x1000 + 3
        mov dword [page_directory + (WINDOW >> 22) * 4], window_table + 3
        mov dword [window_table + 4], dst + 1
        mov eax, page_directory
        mov cr3, eax
        mov eax, cr0
        or eax, 0x80010000      ; PG, and WP so that we obey our own rights
        mov cr0, eax
        jmp .on
.on:    ret

start_pic:
        mov esi, pic_setup
        mov ecx, 10
.next:  xor edx, edx
        mov dl, [esi]
        mov al, [esi + 1]
        out dx, al
        add esi, 2
        loop .next
        ret

start_pit:
        mov al, 0x34            ; counter 0, both bytes, rate generator
        out 0x43, al
        mov al, DIVISOR & 0xFF
        out 0x40, al
        mov al, DIVISOR >> 8
        out 0x40, al
        ret

start_serial:
        mov esi, serial_setup
        mov ecx, 7
.next:  mov edx, COM1
        add dl, [esi]
        mov al, [esi + 1]
        out dx, al
        add esi, 2
        loop .next
        ret

; The 8042 may come from a BIOS or straight from its reset: empty it, then set all that matters.
start_keyboard:
        mov ecx, 16
.drain: in al, 0x64
        test al, 1
        jz .empty
        in al, 0x60
        loop .drain
.empty: mov ah, 0x60            ; write the command byte:
        call to_8042
        call wait_8042
        mov al, 0x65            ; translate, no mouse, interrupt for the keyboard
        out 0x60, al
        call wait_8042
        mov al, 0xF4            ; the keyboard itself: send keys
        out 0x60, al
        mov ecx, 100000
.reply: in al, 0x64
        test al, 1
        jnz .take
        loop .reply
        ret
.take:  in al, 0x60
        ret

to_8042:
        call wait_8042
        mov al, ah
        out 0x64, al
        ret

wait_8042:
        mov ecx, 100000
.full:  in al, 0x64
        test al, 2
        loopnz .full
        ret

; ---------------------------------------------------------------- interrupts
; A way in for each vector, all of one size: an error code of 0 where the CPU pushes none, the vector.
STUB_SIZE equ 16
%macro stub 1
%%start:
  %if %1 == 8 || (%1 >= 10 && %1 <= 14) || %1 == 17
        times 2 nop
  %else
        push byte 0
  %endif
        push byte %1
        jmp near interrupt
        times STUB_SIZE - ($ - %%start) nop
%endmacro

        align 16
stubs:
%assign vector 0
%rep 48
        stub vector
  %assign vector vector + 1
%endrep

interrupt:
        pushad
        mov eax, [esp + 32]     ; the vector
        cmp eax, 32
        jb exception
        push eax
        call mix_time
        pop eax
        cmp eax, 32
        je .timer
        cmp eax, 33
        je .keyboard
        cmp eax, 36
        je .serial
        jmp .acknowledge
.timer: inc dword [ticks]
        jmp .acknowledge
.keyboard:
        in al, 0x60
        call key
        jmp .acknowledge
.serial:
        mov edx, COM1 + 2
        in al, dx               ; which interrupt: reading it is enough
.more:  mov edx, COM1 + 5
        in al, dx
        test al, 1
        jz .acknowledge
        mov edx, COM1
        in al, dx
        call arrive
        jmp .more
.acknowledge:
        mov al, 0x20
        cmp dword [esp + 32], 40
        jb .first
        out 0xA0, al
.first: out 0x20, al
        popad
        add esp, 8
        iretd

; A page fault in the window is answered with a page; any other fault ends at [recover], if that is set.
exception:
        cmp eax, 14
        jne .reported
        mov ebx, cr2
        mov ecx, ebx
        and ecx, 0xFFFFF000
        cmp ecx, WINDOW
        jne .reported
        mov dword [window_table], src + 3
        invlpg [ebx]
        inc dword [demanded]
        popad
        add esp, 8
        iretd
.reported:
        mov [fault_vector], eax
        mov ecx, [esp + 36]
        mov [fault_code], ecx
        mov ecx, cr2
        mov [fault_address], ecx
        mov ecx, [recover]
        test ecx, ecx
        jz panic
        mov [esp + 40], ecx     ; EIP
        popad
        add esp, 8
        iretd

panic:
        mov esi, text_panic
        call print
        mov eax, [fault_vector]
        call print_decimal
        mov esi, text_at
        call print
        mov eax, [esp + 40]
        call print_hex
        call new_line
        cli
.stop:  hlt
        jmp .stop

; AL is a scan code of set 1.
key:
        movzx eax, al
        cmp al, scan_codes_end - scan_codes
        jae .nothing
        mov al, [scan_codes + eax]
        test al, al
        jz .nothing
        call arrive
.nothing:
        ret

; AL is a character from either side.
arrive:
        movzx eax, al
        push eax
        call mix
        pop eax
        inc dword [arrivals]
        mov ecx, [ring_in]
        lea edx, [ecx + 1]
        and edx, RING - 1
        cmp edx, [ring_out]
        je .full
        mov [ring + ecx], al
        mov [ring_in], edx
.full:  ret

; The rolling hash: EAX goes in.
mix:
        push ecx
        mov ecx, [hash]
        rol ecx, 5
        xor ecx, eax
        imul ecx, ecx, 0x9E3779B1
        mov [hash], ecx
        pop ecx
        ret

; The moment goes into the hash.
mix_time:
        push edx
        rdtsc
        call mix
        mov eax, edx
        call mix
        mov eax, [ticks]
        call mix
        pop edx
        ret

; ---------------------------------------------------------------- commands
; Finds the line in the table and calls what belongs to it.
execute:
        mov ebx, commands
.next:  mov edi, [ebx]
        test edi, edi
        jz .unknown
        mov esi, line
.compare:
        lodsb
        cmp al, [edi]
        jne .differs
        inc edi
        test al, al
        jnz .compare
        jmp [ebx + 4]
.differs:
        add ebx, 8
        jmp .next
.unknown:
        cmp byte [line], 0
        je .done
        mov esi, text_unknown
        jmp print_line
.done:  ret

do_help:
        mov esi, text_help
        jmp print_line

do_time:
        mov esi, text_time
        call print
        mov eax, [ticks]
        call print_decimal
        mov esi, text_ticks
        jmp print_line

; Copies a pattern in pieces of 1 to 128 double words, and sums up what has arrived.
do_sum:
        mov edi, src
        mov eax, 1
        mov ecx, BUFFER / 4
.fill:  imul eax, eax, 1664525
        add eax, 1013904223
        stosd
        loop .fill
        mov esi, src
        mov edi, dst
        mov edx, BUFFER / 4
        mov ebx, 1
.piece: mov ecx, ebx
        cmp ecx, edx
        jbe .fits
        mov ecx, edx
.fits:  sub edx, ecx
        rep movsd
        imul ebx, ebx, 5
        and ebx, 127
        inc ebx
        test edx, edx
        jnz .piece
        mov esi, dst
        mov ecx, BUFFER / 4
        xor edx, edx
.add:   lodsd
        add edx, eax
        rol edx, 3
        loop .add
        mov esi, text_sum
        call print
        mov eax, edx
        call print_hex
        jmp new_line

; Each turn rewrites the instruction right behind the store: its operation and its operand.
do_smc:
        xor eax, eax
        mov ecx, 1000
.turn:  mov edx, ecx
        and edx, 3
        mov dl, [operations + edx]
        mov [.patched], dl
        imul ebx, ecx, 0x01000193
        mov [.patched + 1], ebx
.patched:
        add eax, 0x12345678
        rol eax, 1
        loop .turn
        push eax
        mov esi, text_smc
        call print
        pop eax
        call print_hex
        jmp new_line

; Every kind of fault once, on purpose.
do_fault:
        mov esi, text_fault
        call print
        mov dword [recover], .after_de
        xor edx, edx
        xor ecx, ecx
        div ecx
.after_de:
        call report
        mov dword [recover], .after_ud
        ud2
.after_ud:
        call report
        mov dword [recover], .after_bp
        int3
.after_bp:
        call report
        mov dword [recover], .after_gp
        mov ax, 0x48            ; behind the end of the GDT
        mov es, ax
.after_gp:
        call report
        mov dword [recover], .after_absent
        mov eax, [NOWHERE]
.after_absent:
        call report
        mov dword [recover], .after_readonly
        mov [WINDOW + 0x1000], eax
.after_readonly:
        call report
        mov dword [recover], 0
        mov dword [window_table], 0
        invlpg [WINDOW]
        mov eax, [WINDOW]       ; the page comes on demand, and the load is repeated
        mov esi, text_demanded
        call print
        mov eax, [demanded]
        call print_decimal
        jmp new_line

; Prints the last fault: number, error code, and address if it was a page fault.
report:
        mov al, ' '
        call print_character
        mov eax, [fault_vector]
        call print_decimal
        cmp dword [fault_vector], 13
        jb .done
        mov al, ':'
        call print_character
        mov eax, [fault_code]
        call print_decimal
        cmp dword [fault_vector], 14
        jne .done
        mov al, '@'
        call print_character
        mov eax, [fault_address]
        call print_hex
.done:  ret

do_random:
        cli
        call mix_time
        mov ebx, [hash]
        sti
        mov esi, text_random
        call print
        mov eax, ebx
        call print_hex
        mov esi, text_after
        call print
        mov eax, [arrivals]
        call print_decimal
        mov esi, text_characters
        jmp print_line

do_off:
        mov esi, text_off
        call print_line
        mov edx, 0x604          ; PM1a control: SLP_EN, with SLP_TYP 0
        mov ax, 0x2000
        out dx, ax
        jmp halt

do_reset:
        mov esi, text_reset
        call print_line
        mov edx, 0xCF9
        mov al, 2
        out dx, al
        mov al, 6
        out dx, al
        jmp halt

; An exception that cannot be delivered, nor the one about that: the CPU shuts down.
do_triple:
        mov esi, text_triple
        call print_line
        lidt [no_idt]
        int3

halt:
        cli
        hlt
        jmp halt

; Halts for EAX ticks.
wait_ticks:
        add eax, [ticks]
.wait:  cli
        cmp [ticks], eax
        jns .over
        sti
        hlt
        jmp .wait
.over:  sti
        ret

; ---------------------------------------------------------------- lines in
read_line:
        xor ebx, ebx
.next:  call read_character
        cmp al, 13
        je .done
        cmp al, 10
        je .done
        cmp al, 8
        je .back
        cmp al, 127
        je .back
        cmp al, ' '
        jb .next
        cmp ebx, LINE - 1
        jae .next
        mov [line + ebx], al
        inc ebx
        call print_character
        jmp .next
.back:  test ebx, ebx
        jz .next
        dec ebx
        mov esi, text_back
        call print
        jmp .next
.done:  mov byte [line + ebx], 0
        jmp new_line

; Waits, halted, for a character in the ring.
read_character:
        cli
        mov ecx, [ring_out]
        cmp ecx, [ring_in]
        jne .have
        sti
        hlt
        jmp read_character
.have:  mov al, [ring + ecx]
        inc ecx
        and ecx, RING - 1
        mov [ring_out], ecx
        sti
        ret

; ---------------------------------------------------------------- characters out
; All of these keep every register but EAX, and ESI where it is the text.
print:
        lodsb
        test al, al
        jz .done
        call print_character
        jmp print
.done:  ret

print_line:
        call print
new_line:
        mov al, 13
        call print_character
        mov al, 10
        jmp print_character

print_hex:
        push ecx
        mov ecx, 8
.digit: rol eax, 4
        push eax
        and al, 15
        cmp al, 10
        jb .small
        add al, 'A' - '0' - 10
.small: add al, '0'
        call print_character
        pop eax
        loop .digit
        pop ecx
        ret

print_decimal:
        push ecx
        push edx
        push ebx
        mov ebx, 10
        xor ecx, ecx
.divide:
        xor edx, edx
        div ebx
        push edx
        inc ecx
        test eax, eax
        jnz .divide
.digit: pop eax
        add al, '0'
        call print_character
        loop .digit
        pop ebx
        pop edx
        pop ecx
        ret

print_character:
        pushad
        mov ah, al
        mov edx, COM1 + 5
.busy:  in al, dx
        test al, 0x20
        jz .busy
        mov edx, COM1
        mov al, ah
        out dx, al
        call show
        popad
        ret

; AL goes to the screen.
show:
        mov edi, [cursor]
        cmp al, 13
        je .start_of_line
        cmp al, 10
        je .line_feed
        cmp al, 8
        je .back
        mov ah, 7
        mov [SCREEN + edi * 2], ax
        inc edi
        jmp .moved
.back:  dec edi
        jmp .moved
.start_of_line:
        mov eax, edi
        xor edx, edx
        mov ecx, COLUMNS
        div ecx
        sub edi, edx
        jmp .moved
.line_feed:
        add edi, COLUMNS
.moved: cmp edi, COLUMNS * ROWS
        jb .inside
        push edi
        mov edi, SCREEN
        mov esi, SCREEN + COLUMNS * 2
        mov ecx, COLUMNS * (ROWS - 1) / 2
        rep movsd
        mov eax, 0x07200720
        mov ecx, COLUMNS / 2
        rep stosd
        pop edi
        sub edi, COLUMNS
.inside:
        mov [cursor], edi
        mov edx, 0x3D4
        mov ecx, edi
        mov al, 14
        mov ah, ch
        out dx, ax
        mov al, 15
        mov ah, cl
        out dx, ax
        ret

clear_screen:
        mov edi, SCREEN
        mov eax, 0x07200720
        mov ecx, COLUMNS * ROWS / 2
        rep stosd
        mov dword [cursor], 0
        ret

; ---------------------------------------------------------------- data
        align 8
gdt:    dq 0
        dq 0x00CF9A000000FFFF
        dq 0x00CF92000000FFFF
gdtr:   dw gdtr - gdt - 1
        dd gdt
idtr:   dw 48 * 8 - 1
        dd idt
no_idt: dw 0
        dd 0

pic_setup:      db 0x20, 0x11, 0xA0, 0x11, 0x21, 0x20, 0xA1, 0x28, 0x21, 0x04, 0xA1, 0x02
                db 0x21, 0x01, 0xA1, 0x01, 0x21, 0xEC, 0xA1, 0xFF ; IRQ 0, 1 and 4 alone
serial_setup:   db 3, 0x80, 0, 0x01, 1, 0x00, 3, 0x03, 2, 0x07, 4, 0x0B, 1, 0x01
                ; 115200 bit/s, 8N1, FIFOs on, OUT2 lets through the interrupt: data has come
operations:     db 0x05, 0x2D, 0x35, 0x05       ; add, sub, xor, add EAX with an immediate

scan_codes:     db 0, 27, '1234567890-=', 8, 9, 'qwertyuiop[]', 13, 0, 'asdfghjkl', 0x3B, 0x27
                db '`', 0, 0x5C, 'zxcvbnm,./', 0, '*', 0, ' '
scan_codes_end:

commands:       dd text_c_help, do_help, text_c_time, do_time, text_c_sum, do_sum
                dd text_c_smc, do_smc, text_c_fault, do_fault, text_c_random, do_random
                dd text_c_off, do_off, text_c_reset, do_reset, text_c_triple, do_triple, 0
demo_commands:  dd text_c_time, text_c_sum, text_c_smc, text_c_fault, text_c_random
                dd text_c_time, text_c_random, text_c_off, 0
text_c_help:    db 'help', 0
text_c_time:    db 'time', 0
text_c_sum:     db 'sum', 0
text_c_smc:     db 'smc', 0
text_c_fault:   db 'fault', 0
text_c_random:  db 'random', 0
text_c_off:     db 'off', 0
text_c_reset:   db 'reset', 0
text_c_triple:  db 'triple', 0

text_job:       db 'job=demo'
text_banner:    db 'DejaVM tiny: a kernel of a few KB, timer at 100 Hz; type help', 0
text_prompt:    db '> ', 0
text_help:      db 'commands: time sum smc fault random off reset triple help', 0
text_unknown:   db 'unknown; type help', 0
text_time:      db 'time ', 0
text_ticks:     db ' ticks', 0
text_sum:       db 'sum ', 0
text_smc:       db 'smc ', 0
text_fault:     db 'fault', 0
text_demanded:  db ', pages on demand: ', 0
text_random:    db 'random ', 0
text_after:     db ' after ', 0
text_characters: db ' characters', 0
text_off:       db 'off', 0
text_reset:     db 'reset', 0
text_triple:    db 'triple fault', 0
text_panic:     db 'panic: exception ', 0
text_at:        db ' at ', 0
text_back:      db 8, ' ', 8, 0
end_of_image:

; ---------------------------------------------------------------- memory without content
        absolute 0x100000 + ((end_of_image - $$ + 4095) & ~4095)
page_directory: resb 4096
page_tables:    resb 8192
window_table:   resb 4096
src:            resb BUFFER
dst:            resb BUFFER
idt:            resb 48 * 8
                resb 8192
stack_top:
ticks:          resd 1
hash:           resd 1
arrivals:       resd 1
demanded:       resd 1
cursor:         resd 1
recover:        resd 1
fault_vector:   resd 1
fault_code:     resd 1
fault_address:  resd 1
ring_in:        resd 1
ring_out:       resd 1
demo:           resd 1
ring:           resb RING
line:           resb LINE
end_of_memory:
