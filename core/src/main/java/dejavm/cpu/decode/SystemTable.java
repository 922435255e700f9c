package dejavm.cpu.decode;

/**
 * The system instructions of the opcode table, in the notation of {@link IntegerTable}.
 * Instructions of VMX, SVM, SMX, TSX, SGX, MPX and FSGSBASE, and INVPCID, are left out: they are
 * #UD here.
 *
 * <p>Source: Intel SDM volume 2 (order no. 325383); SYSCALL and SYSRET outside 64-bit mode, AMD APM
 * volume 3 (24594).
 */
final class SystemTable {
  static final String SYSTEM =
      """
      default @286 system fault
      SGDT 0F 01 /0 Ms f64
      SIDT 0F 01 /1 Ms f64
      LGDT 0F 01 /2 Ms f64 ends
      LIDT 0F 01 /3 Ms f64 ends
      SMSW 0F 01 /4 RvMw
      LMSW 0F 01 /6 Ew ends
      INVLPG 0F 01 /7 Mo ends @486
      MONITOR NP 0F 01 C8 @MONITOR
      MWAIT NP 0F 01 C9 ends @MONITOR
      CLAC NP 0F 01 CA ends w:A @SMAP
      STAC NP 0F 01 CB ends w:A @SMAP
      XGETBV NP 0F 01 D0 @XSAVE
      XSETBV NP 0F 01 D1 ends @XSAVE
      SWAPGS 0F 01 F8 o64 ends @LM
      RDTSCP 0F 01 F9 @RDTSCP
      SLDT 0F 00 /0 RvMw
      STR 0F 00 /1 RvMw
      LLDT 0F 00 /2 Ew ends
      LTR 0F 00 /3 Ew ends
      VERR 0F 00 /4 Ew w:z
      VERW 0F 00 /5 Ew w:z
      LAR 0F 02 /r Gv,RvMw w:z
      LSL 0F 03 /r Gv,RvMw w:z
      SYSCALL 0F 05 - ends r:oszapcditnLRVAfwI w:oszapcditnLRVAfwI @SYSCALL
      CLTS 0F 06 - ends
      SYSRET 0F 07 - ends w:oszapcditnLRVAfwI @SYSCALL
      INVD 0F 08 - ends @486
      WBINVD 0F 09 - ends @486
      MOV anymod ends f64 u:oszapc @386
        0F 20 /r Rn,Cn
        0F 21 /r Rn,Dn
        0F 22 /r Cn,Rn
        0F 23 /r Dn,Rn
      MOV 8E /r Sw,Ew ends @8086
      WRMSR 0F 30 - ends @MSR
      RDTSC 0F 31 - @TSC
      RDMSR 0F 32 - ends @MSR
      RDPMC 0F 33 - @RDPMC
      SYSENTER 0F 34 - ends w:iVR @SEP
      SYSEXIT 0F 35 - ends @SEP
      CPUID 0F A2 - @486
      RSM 0F AA - ends w:oszapcditnLRVAfwI @386SL
      HLT F4 - ends @8086
      CLI FA - ends r:LV w:if @8086
      STI FB - ends r:LVw w:if @8086
      UD0 0F FF /r Gv,Ev ends @186
      UD1 0F B9 /r Gv,Ev ends @186
      UD2 0F 0B - ends @186
      FXSAVE NP 0F AE /0 Mk x87 @FXSR
      FXRSTOR NP 0F AE /1 Mk x87 @FXSR
      LDMXCSR NP 0F AE /2 Md sse @SSE
      STMXCSR NP 0F AE /3 Md sse @SSE
      XSAVE NP 0F AE /4 Mo @XSAVE
      XRSTOR NP 0F AE /5 Mo @XSAVE
      CLFLUSH NP 0F AE /7 Mb @CLFSH
      LFENCE NP 0F AE E8+i @SSE2
      MFENCE NP 0F AE F0+i @SSE2
      SFENCE NP 0F AE F8+i @SSE
      RDRAND NFx 0F C7 /6 Rv w:oszapc @RDRAND
      RDSEED NFx 0F C7 /7 Rv w:oszapc @RDSEED
      """;

  private SystemTable() {}
}
