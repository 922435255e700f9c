; Asks IDE devices what a driver may ask, and prints on COM1 what the registers say: a line a step.
; A multiboot kernel, so that every PC starts it alike. Expected: a disk of 2048 sectors as the first
; channel's master, a CD-ROM drive with a disc as the second's, no other device.
; A step is a macro below; it says what it is named, and the interrupt (of the slave 8259's requests, as all
; are masked), alternate status, error, sector count, three address registers, device and status, without bits
; that are obsolete: 4 of the status, 7 and 5 of the device.
; Its end is a write to the debug exit at port F4.
bits 32
org 0x100000

MAGIC equ 0x1BADB002
FLAGS equ 0x10003
header:
  dd MAGIC, FLAGS, -(MAGIC + FLAGS), header, header, end, end, start

start:
  mov esp, stack
  mov al, 0xFF
  out 0x21, al
  out 0xA1, al
  mov dx, 0x4D1                 ; level: so a request lasts as long as its interrupt
  mov al, 0xC0
  out dx, al
  mov dx, 0x3FB
  mov al, 3
  out dx, al
  call channel0
  jmp steps

; ---- printing ----

letter:                         ; AL
  push edx
  push eax
  mov dx, 0x3FD
.full:
  in al, dx
  test al, 0x20
  jz .full
  pop eax
  mov dx, 0x3F8
  out dx, al
  pop edx
  ret

text:                           ; ESI, to its zero
  lodsb
  test al, al
  jz .done
  call letter
  jmp text
.done:
  ret

hex:                            ; AL, two digits
  push eax
  shr al, 4
  call .digit
  pop eax
  and al, 15
.digit:
  add al, '0'
  cmp al, '9'
  jbe letter
  add al, 'a' - '0' - 10
  jmp letter

line:
  mov al, 10
  jmp letter

%macro say 1
  mov esi, %%text
  jmp %%past
%%text: db %1, 0
%%past:
  call text
%endmacro

; ---- the channel: EBP is its first port, BL the request's bit in the slave 8259 ----

channel0:
  mov ebp, 0x1F0
  mov bl, 0x40
  mov edi, 0x3F6
  ret
channel1:
  mov ebp, 0x170
  mov bl, 0x80
  mov edi, 0x376
  ret

idle:                           ; waits until it is not busy, for a while
  mov ecx, 200000
  mov edx, edi
.again:
  in al, dx
  test al, 0x80
  jz .done
  loop .again
.done:
  mov ecx, 1000                 ; QEMU completes in threads: the interrupt may come a little later
.rest:
  in al, dx
  loop .rest
  ret

%macro put 2                    ; register, value
  lea edx, [ebp + %1]
  mov al, %2
  out dx, al
%endmacro

%macro show 2                   ; register, bits
  mov al, ' '
  call letter
  lea edx, [ebp + %1]
  in al, dx
  and al, %2
  call hex
%endmacro

registers:
  call idle
  say ": irq"
  mov al, 0x0A
  out 0xA0, al
  in al, 0xA0
  and al, bl
  setnz al
  add al, '0'
  call letter
  mov al, ' '
  call letter
  mov edx, edi
  in al, dx
  and al, 0xEF
  call hex
  show 1, 0xFF
  show 2, 0xFF
  show 3, 0xFF
  show 4, 0xFF
  show 5, 0xFF
  show 6, 0x5F
  show 7, 0xEF
  jmp line

; name, features, count, low, mid, high, device, command
%macro command 8
  say %1
  put 6, %7
  put 1, %2
  put 2, %3
  put 3, %4
  put 4, %5
  put 5, %6
  put 7, %8
  call registers
%endmacro

; the same with 48 bits: the count, low, mid and high that are pushed back first
%macro wide 6                   ; name, count, low, high bits of low, device, command
  say %1
  put 6, %5
  put 2, (%2) >> 8
  put 3, %4
  put 4, 0
  put 5, 0
  put 2, (%2) & 0xFF
  put 3, %3
  put 4, 0
  put 5, 0
  put 7, %6
  call registers
%endmacro

%macro take 2                   ; name, words: reads them, and says their sum
  say %1
  mov ecx, %2
  call sum
  say %1
  call registers
%endmacro

sum:
  push ebx
  xor ebx, ebx
.next:
  mov edx, ebp
  in ax, dx
  add bx, ax
  rol bx, 1
  loop .next
  mov eax, ebx
  pop ebx
  push eax
  say " sum: "
  pop eax
  push eax
  mov al, ah
  call hex
  pop eax
  call hex
  jmp line

%macro give 2                   ; name, words: writes them
  say %1
  mov ecx, %2
%%next:
  mov eax, ecx
  mov edx, ebp
  out dx, ax
  loop %%next
  call registers
%endmacro

%macro words 1                  ; name: 256 words, a line each
  mov ecx, 256
%%next:
  push ecx
  say %1
  pop ecx
  mov eax, 256
  sub eax, ecx
  call hex
  mov al, ' '
  call letter
  mov edx, ebp
  in ax, dx
  push eax
  mov al, ah
  call hex
  pop eax
  call hex
  call line
  loop %%next
  say %1
  call registers
%endmacro

%macro control 2                ; name, value
  say %1
  mov edx, edi
  mov al, %2
  out dx, al
  call registers
%endmacro

; ---- packets ----

%macro packet 14                ; name, most bytes at once, twelve bytes
  say %1
  put 6, 0
  put 1, 0
  put 4, (%2) & 0xFF
  put 5, (%2) >> 8
  put 7, 0xA0
  call registers
  mov esi, %%bytes
  jmp %%past
%%bytes: db %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14
%%past:
  call deliver
%endmacro

deliver:                        ; the twelve bytes at ESI, and takes what comes
  mov ecx, 6
.word:
  lodsw
  mov edx, ebp
  out dx, ax
  loop .word
.phase:
  say "  then"
  call registers
  mov edx, edi
  in al, dx
  test al, 8
  jz .done
  say "  data"
  lea edx, [ebp + 5]
  in al, dx
  mov ah, al
  dec edx
  in al, dx
  movzx ecx, ax
  inc ecx
  shr ecx, 1
  cmp ecx, 64
  ja .sum
.two:
  mov al, ' '
  call letter
  mov edx, ebp
  in ax, dx
  call hex
  mov al, ah
  call hex
  loop .two
  call line
  jmp .phase
.sum:
  call sum
  jmp .phase
.done:
  ret

; ---- the steps ----

steps:
  put 6, 0xA0
  control "reset held", 6
  control "reset over", 2
  control "interrupts on", 0
  command "read status of slave", 0, 0, 0, 0, 0, 0x10, 0x00
  command "identify slave", 0, 0, 0, 0, 0, 0x10, 0xEC
  command "identify", 0, 0, 0, 0, 0, 0xE0, 0xEC
  words "identify "
  command "read", 0, 1, 5, 0, 0, 0xE0, 0x20
  take "read data", 256
  command "read two", 0, 2, 5, 0, 0, 0xE0, 0x20
  take "read two, first", 256
  take "read two, second", 256
  command "read by cylinder", 0, 1, 2, 1, 0, 0xA1, 0x20
  take "read by cylinder, data", 256
  command "read sector 0 by cylinder", 0, 1, 0, 0, 0, 0xA0, 0x20
  command "read without retry", 0, 1, 9, 0, 0, 0xE0, 0x21
  take "read without retry, data", 256
  command "read past the end", 0, 1, 0, 8, 0, 0xE0, 0x20
  command "write", 0, 1, 7, 0, 0, 0xE0, 0x30
  give "write data", 256
  command "write two", 0, 2, 20, 0, 0, 0xE0, 0x30
  give "write two, first", 256
  give "write two, second", 256
  command "read what was written", 0, 1, 21, 0, 0, 0xE0, 0x20
  take "read what was written, data", 256
  command "set multiple 0", 0, 0, 0, 0, 0, 0xE0, 0xC6
  command "read multiple, not set", 0, 2, 0, 0, 0, 0xE0, 0xC4
  command "set multiple 3", 0, 3, 0, 0, 0, 0xE0, 0xC6
  command "set multiple 128", 0, 128, 0, 0, 0, 0xE0, 0xC6
  command "set multiple 4", 0, 4, 0, 0, 0, 0xE0, 0xC6
  command "read multiple", 0, 6, 30, 0, 0, 0xE0, 0xC4
  take "read multiple, four", 1024
  take "read multiple, two", 512
  command "write multiple", 0, 5, 40, 0, 0, 0xE0, 0xC5
  give "write multiple, four", 1024
  give "write multiple, one", 256
  wide "read ext", 1, 11, 0, 0xE0, 0x24
  take "read ext, data", 256
  control "pushed back", 0x80
  control "in front", 0
  wide "read ext past the end", 1, 0, 1, 0xE0, 0x24
  wide "write ext", 1, 12, 0, 0xE0, 0x34
  give "write ext, data", 256
  wide "read multiple ext", 2, 12, 0, 0xE0, 0x29
  take "read multiple ext, data", 512
  wide "verify ext", 300, 12, 0, 0xE0, 0x42
  wide "native max ext", 0, 0, 0, 0xE0, 0x27
  wide "flush ext", 0, 0, 0, 0xE0, 0xEA
  command "verify", 0, 3, 50, 0, 0, 0xE0, 0x40
  command "verify without retry", 0, 3, 50, 0, 0, 0xE0, 0x41
  command "verify past the end", 0, 3, 0, 8, 0, 0xE0, 0x40
  command "native max", 0, 0, 0, 0, 0, 0xE0, 0xF8
  command "flush", 0, 0, 0, 0, 0, 0xE0, 0xE7
  command "recalibrate", 0, 0, 0, 0, 0, 0xE0, 0x10
  command "seek", 0, 0, 3, 0, 0, 0xE0, 0x70
  command "features, write cache", 2, 0, 0, 0, 0, 0xE0, 0xEF
  command "features, no write cache", 0x82, 0, 0, 0, 0, 0xE0, 0xEF
  command "features, look-ahead", 0xAA, 0, 0, 0, 0, 0xE0, 0xEF
  command "features, no look-ahead", 0x55, 0, 0, 0, 0, 0xE0, 0xEF
  command "features, PIO 4", 3, 0x0C, 0, 0, 0, 0xE0, 0xEF
  command "features, DMA 2", 3, 0x22, 0, 0, 0, 0xE0, 0xEF
  command "features, UDMA 5", 3, 0x45, 0, 0, 0, 0xE0, 0xEF
  command "features, UDMA 7", 3, 0x47, 0, 0, 0, 0xE0, 0xEF
  command "features, none such", 0x77, 0, 0, 0, 0, 0xE0, 0xEF
  command "features, keep", 0x66, 0, 0, 0, 0, 0xE0, 0xEF
  command "features, defaults", 0xCC, 0, 0, 0, 0, 0xE0, 0xEF
  command "geometry", 0, 17, 0, 0, 0, 0xA3, 0x91
  command "check power", 0, 0, 0, 0, 0, 0xE0, 0xE5
  command "standby now", 0, 0, 0, 0, 0, 0xE0, 0xE0
  command "check power in standby", 0, 0, 0, 0, 0, 0xE0, 0xE5
  command "idle now", 0, 0, 0, 0, 0, 0xE0, 0xE1
  command "sleep", 0, 0, 0, 0, 0, 0xE0, 0xE6
  control "reset out of sleep", 6
  control "reset out of sleep, over", 0
  command "nop", 0, 0, 0, 0, 0, 0xE0, 0x00
  command "identify packet device", 0, 0, 0, 0, 0, 0xE0, 0xA1
  command "packet to a disk", 0, 0, 0, 0, 0, 0xE0, 0xA0
  command "device reset of a disk", 0, 0, 0, 0, 0, 0xE0, 0x08
  command "bad opcode 01", 0, 5, 4, 3, 2, 0xE1, 0x01
  command "bad opcode ff", 0, 5, 4, 3, 2, 0xE1, 0xFF
  command "diagnostic", 0, 9, 9, 9, 9, 0xE0, 0x90
  command "diagnostic by the slave", 0, 9, 9, 9, 9, 0xF0, 0x90
  command "read after it", 0, 1, 5, 0, 0, 0xE0, 0x20
  take "read after it, data", 256
  command "read across the end", 0, 2, 0xFF, 7, 0, 0xE0, 0x20
  control "reset after that", 4
  control "reset after that, over", 0
  command "write past the end", 0, 1, 0, 8, 0, 0xE0, 0x30

  call channel1
  put 6, 0xA0
  control "cd reset held", 6
  control "cd reset over", 2
  control "cd interrupts on", 0
  command "cd slave", 0, 0, 0, 0, 0, 0x10, 0xA1
  command "cd identify device", 0, 0, 0, 0, 0, 0, 0xEC
  command "cd identify", 0, 0, 0, 0, 0, 0, 0xA1
  words "cd identify "
  command "cd read sectors", 0, 1, 0, 0, 0, 0xE0, 0x20
  command "cd bad opcode", 0, 5, 4, 3, 2, 0, 0x30
  command "cd features, UDMA 2", 3, 0x42, 0, 0, 0, 0, 0xEF
  command "cd features, none such", 0x77, 0, 0, 0, 0, 0, 0xEF
  command "cd check power", 0, 0, 0, 0, 0, 0, 0xE5
  command "cd device reset", 0, 0, 0, 0, 0, 0, 0x08
  command "cd diagnostic", 0, 9, 9, 9, 9, 0, 0x90
  packet "cd test unit ready", 0xFFFE, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
  packet "cd request sense", 0xFFFE, 3, 0, 0, 0, 18, 0, 0, 0, 0, 0, 0, 0
  packet "cd test unit ready again", 0xFFFE, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
  packet "cd sense again", 0xFFFE, 3, 0, 0, 0, 18, 0, 0, 0, 0, 0, 0, 0
  packet "cd test unit ready, third", 0xFFFE, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
  packet "cd inquiry", 0xFFFE, 0x12, 0, 0, 0, 36, 0, 0, 0, 0, 0, 0, 0
  packet "cd inquiry in portions", 8, 0x12, 0, 0, 0, 36, 0, 0, 0, 0, 0, 0, 0
  packet "cd capacity", 0xFFFE, 0x25, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
  packet "cd contents", 0xFFFE, 0x43, 0, 0, 0, 0, 0, 0, 0, 40, 0, 0, 0
  packet "cd contents in minutes", 0xFFFE, 0x43, 2, 0, 0, 0, 0, 0, 0, 40, 0, 0, 0
  packet "cd contents, sessions", 0xFFFE, 0x43, 0, 1, 0, 0, 0, 0, 0, 40, 0, 0, 0
  packet "cd contents, track 9", 0xFFFE, 0x43, 0, 0, 0, 0, 0, 9, 0, 40, 0, 0, 0
  packet "cd sense of track 9", 0xFFFE, 3, 0, 0, 0, 18, 0, 0, 0, 0, 0, 0, 0
  packet "cd mode sense 01", 0xFFFE, 0x5A, 0, 1, 0, 0, 0, 0, 0, 64, 0, 0, 0
  packet "cd mode sense 0e", 0xFFFE, 0x5A, 0, 14, 0, 0, 0, 0, 0, 64, 0, 0, 0
  packet "cd mode sense 2a", 0xFFFE, 0x5A, 0, 0x2A, 0, 0, 0, 0, 0, 64, 0, 0, 0
  packet "cd mode sense 33", 0xFFFE, 0x5A, 0, 0x33, 0, 0, 0, 0, 0, 64, 0, 0, 0
  packet "cd sense of mode 33", 0xFFFE, 3, 0, 0, 0, 18, 0, 0, 0, 0, 0, 0, 0
  packet "cd read 1", 0xFFFE, 0x28, 0, 0, 0, 0, 3, 0, 0, 1, 0, 0, 0
  packet "cd read 2 by 12", 2048, 0xA8, 0, 0, 0, 0, 3, 0, 0, 0, 2, 0, 0
  packet "cd read none", 0xFFFE, 0x28, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0
  packet "cd read past the end", 0xFFFE, 0x28, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0
  packet "cd sense of that", 0xFFFE, 3, 0, 0, 0, 18, 0, 0, 0, 0, 0, 0, 0
  packet "cd bad packet", 0xFFFE, 0xF9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
  packet "cd sense of bad packet", 0xFFFE, 3, 0, 0, 0, 18, 0, 0, 0, 0, 0, 0, 0
  packet "cd event", 0xFFFE, 0x4A, 1, 0, 0, 0x10, 0, 0, 0, 8, 0, 0, 0
  packet "cd event, waiting", 0xFFFE, 0x4A, 0, 0, 0, 0x10, 0, 0, 0, 8, 0, 0, 0
  packet "cd configuration", 0xFFFE, 0x46, 0, 0, 0, 0, 0, 0, 0, 64, 0, 0, 0
  packet "cd disc information", 0xFFFE, 0x51, 0, 0, 0, 0, 0, 0, 0, 34, 0, 0, 0
  packet "cd mechanism", 0xFFFE, 0xBD, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0
  packet "cd speed", 0xFFFE, 0xBB, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 0, 0
  packet "cd seek", 0xFFFE, 0x2B, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0
  packet "cd lock", 0xFFFE, 0x1E, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0
  packet "cd eject while locked", 0xFFFE, 0x1B, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0
  packet "cd sense of eject", 0xFFFE, 3, 0, 0, 0, 18, 0, 0, 0, 0, 0, 0, 0
  packet "cd unlock", 0xFFFE, 0x1E, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
  packet "cd byte count 0", 0, 0x12, 0, 0, 0, 36, 0, 0, 0, 0, 0, 0, 0
  packet "cd byte count odd", 7, 0x12, 0, 0, 0, 36, 0, 0, 0, 0, 0, 0, 0

  say "end"
  call line
  mov dx, 0xF4
  mov al, 0
  out dx, al
  hlt

  align 16
  times 4096 db 0
stack:
end:
