/* What a kernel starts with: a multiboot header, and the way from there to C with paging on, in 32 or 64 bits.
 * 64 MiB are mapped as they lie, in pages of 4 KiB. Interrupts stay off: nothing but the kernel's own work is done. */
#ifdef __x86_64__
#define ENTRY_SIZE 8
#else
#define ENTRY_SIZE 4
#endif
#define FLAGS 0x10003 /* modules on pages, tell of memory, addresses below */
#define TABLES (16384 * ENTRY_SIZE / 4096)
#define PRESENT_WRITABLE 3

  .section .start, "ax"
  .code32
header:
  .long 0x1BADB002, FLAGS, -(0x1BADB002 + FLAGS)
  .long header, header, load_end, bss_end, start

  .globl start
start:
  cli
  cld
  mov $bss_start, %edi /* not every loader clears it */
  mov $bss_end, %ecx
  sub %edi, %ecx
  xor %eax, %eax
  rep stosb
  mov $stack_end, %esp
  lgdt gdt_pointer

  mov $page_tables, %edi
  mov $PRESENT_WRITABLE, %eax
1:
  mov %eax, (%edi)
  add $ENTRY_SIZE, %edi
  add $4096, %eax
  cmp $(64 << 20) + PRESENT_WRITABLE, %eax
  jb 1b
  mov $page_tables + PRESENT_WRITABLE, %eax
  mov $page_directory, %edi
  mov $TABLES, %ecx
2:
  mov %eax, (%edi)
  add $ENTRY_SIZE, %edi
  add $4096, %eax
  loop 2b

  mov %cr4, %eax
  or $0x600, %eax /* OSFXSR, OSXMMEXCPT */
#ifdef __x86_64__
  movl $page_directory + PRESENT_WRITABLE, directory_pointers
  movl $directory_pointers + PRESENT_WRITABLE, top_table
  or $0x20, %eax /* PAE */
  mov %eax, %cr4
  mov $top_table, %eax
  mov %eax, %cr3
  mov $0xC0000080, %ecx /* EFER.LME */
  rdmsr
  or $0x100, %eax
  wrmsr
#else
  mov %eax, %cr4
  mov $page_directory, %eax
  mov %eax, %cr3
#endif
  mov $0x80010033, %eax /* PG, WP, NE, ET, MP, PE */
  mov %eax, %cr0
  ljmp $8, $3f
#ifdef __x86_64__
  .code64
#endif
3:
  mov $0x10, %eax
  mov %eax, %ds
  mov %eax, %es
  mov %eax, %fs
  mov %eax, %gs
  mov %eax, %ss
  fninit
#ifdef __x86_64__
  mov %ebx, %edi
#else
  sub $12, %esp
  push %ebx
#endif
  call main

  .section .rodata
  .balign 8
gdt:
  .quad 0
#ifdef __x86_64__
  .quad 0x00AF9B000000FFFF
#else
  .quad 0x00CF9B000000FFFF
#endif
  .quad 0x00CF93000000FFFF
gdt_pointer:
  .word . - gdt - 1
  .long gdt

  .section .bss
  .balign 4096
  .globl page_directory
page_directory:
  .skip 4096
page_tables:
  .skip TABLES * 4096
#ifdef __x86_64__
directory_pointers:
  .skip 4096
top_table:
  .skip 4096
#endif
  .skip 65536
stack_end:

  .section .note.GNU-stack, "", @progbits
