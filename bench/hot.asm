; Hot loops for a multiboot machine of 32 bits, flat: one is chosen when it is assembled
; (nasm -f bin -DLOOP=sieve). Ends by a write to the debug exit device at port 0xF4.
bits 32
org 0x100000

FLAGS equ 0x10003               ; pages, memory, addresses below
header:
        dd 0x1BADB002, FLAGS, -(0x1BADB002 + FLAGS)
        dd header, header, end, stack, start

start:
        mov esp, stack
        call LOOP
        mov al, 0
        out 0xF4, al
        cli
        hlt

; The sieve of Eratosthenes over a million bytes, 40 times.
sieve:
        mov ebp, 40
.again:
        mov edi, 0x400000
        mov ecx, 1000000 / 4
        mov eax, 0x01010101
.fill:
        mov [edi], eax
        add edi, 4
        dec ecx
        jnz .fill
        mov esi, 2
.number:
        cmp byte [0x400000 + esi], 0
        je .next
        mov edx, esi
        imul edx, edx
        cmp edx, 1000000
        jae .done
.strike:
        mov byte [0x400000 + edx], 0
        add edx, esi
        cmp edx, 1000000
        jb .strike
.next:
        inc esi
        jmp .number
.done:
        dec ebp
        jnz .again
        ret

; Rotations, exclusive ors and sums over sixteen words of memory, as hash functions do them.
mix:
        mov ebp, 4000000
        mov esi, 0x400000
        mov eax, 0x67452301
        mov ebx, 0xEFCDAB89
        mov edi, 0x98BADCFE
.round:
        mov ecx, ebp
        and ecx, 15
        mov edx, eax
        ror edx, 6
        xor edx, ebx
        add edx, [esi + ecx * 4]
        ror edx, 11
        add edx, edi
        mov [esi + ecx * 4], edx
        mov edi, ebx
        and edi, eax
        mov ebx, eax
        shr ebx, 3
        xor ebx, edx
        lea eax, [edx + edi + 0x5A827999]
        dec ebp
        jnz .round
        dec dword [rounds]
        jnz mix
        ret

; A checksum of a megabyte by table, byte by byte, and what it copies.
bytes:
        mov esi, 0x400000
        mov edi, 0x600000
        mov ecx, 1 << 20
        xor eax, eax
.byte:
        movzx edx, byte [esi]
        mov [edi], dl
        xor dl, al
        movzx edx, dl
        shr eax, 8
        xor eax, [0x800000 + edx * 4]
        inc esi
        inc edi
        dec ecx
        jnz .byte
        dec dword [more]
        jnz bytes
        ret

; Fibonacci numbers by recursion.
calls:
        mov eax, 32
        call fib
        ret
fib:
        cmp eax, 2
        jb .small
        push ebx
        mov ebx, eax
        dec eax
        call fib
        push eax
        lea eax, [ebx - 2]
        call fib
        pop ebx
        add eax, ebx
        pop ebx
.small:
        ret

nothing:
        ret

align 4
rounds:  dd 6
more:    dd 40
end:
        resb 4096
stack:
