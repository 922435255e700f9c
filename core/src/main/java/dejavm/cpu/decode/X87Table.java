package dejavm.cpu.decode;

/**
 * The x87 instructions of the opcode table, in the notation of {@link IntegerTable}. Aliases that
 * the SDM calls reserved do on every processor what is listed here; FENI, FDISI and FSETPM of older
 * coprocessors are no-operations since the 80387.
 *
 * <p>Source: Intel SDM volume 2 (order no. 325383), appendix A.5, and volume 3 section 24.18.
 */
final class X87Table {
  static final String ARITHMETIC =
      """
      default @FPU x87 fault
      FADD
        D8 /0 Md
        DC /0 Mq
        D8 C0+i ST0,STi
        DC C0+i STi,ST0
      FMUL
        D8 /1 Md
        DC /1 Mq
        D8 C8+i ST0,STi
        DC C8+i STi,ST0
      FCOM
        D8 /2 Md
        DC /2 Mq
        D8 D0+i ST0,STi
        DC D0+i ST0,STi
      FCOMP
        D8 /3 Md
        DC /3 Mq
        D8 D8+i ST0,STi
        DC D8+i ST0,STi
        DE D0+i ST0,STi
      FSUB
        D8 /4 Md
        DC /4 Mq
        D8 E0+i ST0,STi
        DC E8+i STi,ST0
      FSUBR
        D8 /5 Md
        DC /5 Mq
        D8 E8+i ST0,STi
        DC E0+i STi,ST0
      FDIV
        D8 /6 Md
        DC /6 Mq
        D8 F0+i ST0,STi
        DC F8+i STi,ST0
      FDIVR
        D8 /7 Md
        DC /7 Mq
        D8 F8+i ST0,STi
        DC F0+i STi,ST0
      FIADD
        DA /0 Md
        DE /0 Mw
      FIMUL
        DA /1 Md
        DE /1 Mw
      FICOM
        DA /2 Md
        DE /2 Mw
      FICOMP
        DA /3 Md
        DE /3 Mw
      FISUB
        DA /4 Md
        DE /4 Mw
      FISUBR
        DA /5 Md
        DE /5 Mw
      FIDIV
        DA /6 Md
        DE /6 Mw
      FIDIVR
        DA /7 Md
        DE /7 Mw
      FADDP DE C0+i STi,ST0
      FMULP DE C8+i STi,ST0
      FCOMPP DE D9
      FSUBRP DE E0+i STi,ST0
      FSUBP DE E8+i STi,ST0
      FDIVRP DE F0+i STi,ST0
      FDIVP DE F8+i STi,ST0
      FUCOM DD E0+i ST0,STi @387
      FUCOMP DD E8+i ST0,STi @387
      FUCOMPP DA E9 - @387
      FCOMI DB F0+i ST0,STi w:osapzc @CMOV
      FUCOMI DB E8+i ST0,STi w:osapzc @CMOV
      FCOMIP DF F0+i ST0,STi w:osapzc @CMOV
      FUCOMIP DF E8+i ST0,STi w:osapzc @CMOV
      FCHS D9 E0
      FABS D9 E1
      FTST D9 E4
      FXAM D9 E5
      F2XM1 D9 F0
      FYL2X D9 F1
      FPTAN D9 F2
      FPATAN D9 F3
      FXTRACT D9 F4
      FPREM1 D9 F5 - @387
      FPREM D9 F8
      FYL2XP1 D9 F9
      FSQRT D9 FA
      FSINCOS D9 FB - @387
      FRNDINT D9 FC
      FSCALE D9 FD
      FSIN D9 FE - @387
      FCOS D9 FF - @387
      """;

  static final String MOVES =
      """
      default @FPU x87 fault
      FLD
        D9 /0 Md
        DD /0 Mq
        DB /5 Mt
        D9 C0+i STi
      FST
        D9 /2 Md
        DD /2 Mq
        DD D0+i STi
      FSTP
        D9 /3 Md
        DD /3 Mq
        DB /7 Mt
        DD D8+i STi
        DF D0+i STi
        DF D8+i STi
      FSTPNCE D9 D8+i STi
      FILD
        DF /0 Mw
        DB /0 Md
        DF /5 Mq
      FIST
        DF /2 Mw
        DB /2 Md
      FISTP
        DF /3 Mw
        DB /3 Md
        DF /7 Mq
      FISTTP @SSE3
        DF /1 Mw
        DB /1 Md
        DD /1 Mq
      FBLD DF /4 Mt
      FBSTP DF /6 Mt
      FXCH
        D9 C8+i ST0,STi
        DD C8+i ST0,STi
        DF C8+i ST0,STi
      FFREE DD C0+i STi
      FFREEP DF C0+i STi
      FLD1 D9 E8
      FLDL2T D9 E9
      FLDL2E D9 EA
      FLDPI D9 EB
      FLDLG2 D9 EC
      FLDLN2 D9 ED
      FLDZ D9 EE
      FCMOVB DA C0+i ST0,STi r:c @CMOV
      FCMOVE DA C8+i ST0,STi r:z @CMOV
      FCMOVBE DA D0+i ST0,STi r:cz @CMOV
      FCMOVU DA D8+i ST0,STi r:p @CMOV
      FCMOVNB DB C0+i ST0,STi r:c @CMOV
      FCMOVNE DB C8+i ST0,STi r:z @CMOV
      FCMOVNBE DB D0+i ST0,STi r:cz @CMOV
      FCMOVNU DB D8+i ST0,STi r:p @CMOV
      FDECSTP D9 F6
      FINCSTP D9 F7
      FNOP
        D9 D0
        DB E0 - name:fneni
        DB E1 - name:fndisi
        DB E4 - name:fnsetpm
      FNCLEX DB E2
      FNINIT DB E3
      FLDCW D9 /5 Mw
      FNSTCW D9 /7 Mw
      FNSTSW
        DD /7 Mw
        DF E0 AX @287
      FLDENV D9 /4 Me
      FNSTENV D9 /6 Me
      FRSTOR DD /4 Mf
      FNSAVE DD /6 Mf
      FWAIT 9B
      """;

  private X87Table() {}
}
