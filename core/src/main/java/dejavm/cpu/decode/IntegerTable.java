package dejavm.cpu.decode;

/**
 * The integer instructions of the opcode table. The notation, here and in the neighbouring tables:
 *
 * <pre>
 * default ATTRIBUTES             attributes of all rows that follow
 * MNEMONIC ATTRIBUTES            a group; its attributes hold for the rows below it
 *   PATTERN OPERANDS ATTRIBUTES  a row
 * MNEMONIC PATTERN OPERANDS ...  a group of one row
 *
 * pattern     as in the SDM: 0F B6 /r, 80 /0, D8 C0+i; +r a register, +cc a condition, in the low
 *             bits of the opcode; before it a mandatory prefix, or NP for none of them, NFx for
 *             neither F3 nor F2; NP|66 makes two rows, for MMX and for XMM registers
 * operands    letters of SDM appendix A.2 (see OperandSpec); Iub and Iw are zero-extended, Ibs is
 *             sign-extended to the operand size; - for none
 * lock        may have LOCK where the destination is memory
 * i64 o64     invalid in, or only in, 64-bit mode
 * d64 f64     operand size 64 by default, or always, in 64-bit mode
 * max4 byte   operand size at most 4, or 1
 * ends        ends a block
 * fault       may raise an exception other than #UD even without a memory operand
 * anymod      ModRM.mod is ignored
 * w0 w1       without, with REX.W
 * r: w: u:    flags read, written, left undefined: o s z a p c d i t n(NT) L(IOPL) R(RF) V(VM)
 *             A(AC) f(VIF) w(VIP) I(ID)
 * stay        the flags may stay as they were, because a count may be 0
 * name:       another name for the text
 * system x87 packed sse   the unit that carries it out, where it is not the integer one
 * &#64;FEATURE    what introduced it
 * </pre>
 *
 * <p>Source: Intel SDM volume 2 (order no. 325383), instruction pages and appendix A; for what it
 * leaves out (82, D6, F1, the aliases of F6, C0 and D0 groups) AMD APM volume 3 (24594) and
 * processors.
 */
final class IntegerTable {
  static final String ARITHMETIC =
      """
      default @8086
      ADD lock w:oszapc
        00 /r Eb,Gb
        01 /r Ev,Gv
        02 /r Gb,Eb
        03 /r Gv,Ev
        04 AL,Ib
        05 rAX,Iz
        80 /0 Eb,Ib
        81 /0 Ev,Iz
        82 /0 Eb,Ib i64
        83 /0 Ev,Ibs
      OR lock w:oszpc u:a
        08 /r Eb,Gb
        09 /r Ev,Gv
        0A /r Gb,Eb
        0B /r Gv,Ev
        0C AL,Ib
        0D rAX,Iz
        80 /1 Eb,Ib
        81 /1 Ev,Iz
        82 /1 Eb,Ib i64
        83 /1 Ev,Ibs
      ADC lock r:c w:oszapc
        10 /r Eb,Gb
        11 /r Ev,Gv
        12 /r Gb,Eb
        13 /r Gv,Ev
        14 AL,Ib
        15 rAX,Iz
        80 /2 Eb,Ib
        81 /2 Ev,Iz
        82 /2 Eb,Ib i64
        83 /2 Ev,Ibs
      SBB lock r:c w:oszapc
        18 /r Eb,Gb
        19 /r Ev,Gv
        1A /r Gb,Eb
        1B /r Gv,Ev
        1C AL,Ib
        1D rAX,Iz
        80 /3 Eb,Ib
        81 /3 Ev,Iz
        82 /3 Eb,Ib i64
        83 /3 Ev,Ibs
      AND lock w:oszpc u:a
        20 /r Eb,Gb
        21 /r Ev,Gv
        22 /r Gb,Eb
        23 /r Gv,Ev
        24 AL,Ib
        25 rAX,Iz
        80 /4 Eb,Ib
        81 /4 Ev,Iz
        82 /4 Eb,Ib i64
        83 /4 Ev,Ibs
      SUB lock w:oszapc
        28 /r Eb,Gb
        29 /r Ev,Gv
        2A /r Gb,Eb
        2B /r Gv,Ev
        2C AL,Ib
        2D rAX,Iz
        80 /5 Eb,Ib
        81 /5 Ev,Iz
        82 /5 Eb,Ib i64
        83 /5 Ev,Ibs
      XOR lock w:oszpc u:a
        30 /r Eb,Gb
        31 /r Ev,Gv
        32 /r Gb,Eb
        33 /r Gv,Ev
        34 AL,Ib
        35 rAX,Iz
        80 /6 Eb,Ib
        81 /6 Ev,Iz
        82 /6 Eb,Ib i64
        83 /6 Ev,Ibs
      CMP w:oszapc
        38 /r Eb,Gb
        39 /r Ev,Gv
        3A /r Gb,Eb
        3B /r Gv,Ev
        3C AL,Ib
        3D rAX,Iz
        80 /7 Eb,Ib
        81 /7 Ev,Iz
        82 /7 Eb,Ib i64
        83 /7 Ev,Ibs
      INC lock w:oszap
        40+r Zv i64
        FE /0 Eb
        FF /0 Ev
      DEC lock w:oszap
        48+r Zv i64
        FE /1 Eb
        FF /1 Ev
      NOT lock
        F6 /2 Eb
        F7 /2 Ev
      NEG lock w:oszapc
        F6 /3 Eb
        F7 /3 Ev
      TEST w:oszpc u:a
        84 /r Eb,Gb
        85 /r Ev,Gv
        A8 AL,Ib
        A9 rAX,Iz
        F6 /0 Eb,Ib
        F6 /1 Eb,Ib
        F7 /0 Ev,Iz
        F7 /1 Ev,Iz
      MUL w:oc u:szap
        F6 /4 Eb
        F7 /4 Ev
      IMUL w:oc u:szap
        F6 /5 Eb
        F7 /5 Ev
        0F AF /r Gv,Ev @386
        69 /r Gv,Ev,Iz @186
        6B /r Gv,Ev,Ibs @186
      DIV fault u:oszapc
        F6 /6 Eb
        F7 /6 Ev
      IDIV fault u:oszapc
        F6 /7 Eb
        F7 /7 Ev
      DAA 27 - i64 r:ac w:szapc u:o
      DAS 2F - i64 r:ac w:szapc u:o
      AAA 37 - i64 r:a w:ac u:oszp
      AAS 3F - i64 r:a w:ac u:oszp
      AAM D4 Iub i64 fault w:szp u:oac
      AAD D5 Iub i64 w:szp u:oac
      CBW 98
      CWD 99
      """;

  static final String SHIFTS =
      """
      default @8086
      ROL
        C0 /0 Eb,Iub w:c u:o stay @186
        C1 /0 Ev,Iub w:c u:o stay @186
        D0 /0 Eb,1 w:oc
        D1 /0 Ev,1 w:oc
        D2 /0 Eb,CL w:c u:o stay
        D3 /0 Ev,CL w:c u:o stay
      ROR
        C0 /1 Eb,Iub w:c u:o stay @186
        C1 /1 Ev,Iub w:c u:o stay @186
        D0 /1 Eb,1 w:oc
        D1 /1 Ev,1 w:oc
        D2 /1 Eb,CL w:c u:o stay
        D3 /1 Ev,CL w:c u:o stay
      RCL r:c
        C0 /2 Eb,Iub w:c u:o stay @186
        C1 /2 Ev,Iub w:c u:o stay @186
        D0 /2 Eb,1 w:oc
        D1 /2 Ev,1 w:oc
        D2 /2 Eb,CL w:c u:o stay
        D3 /2 Ev,CL w:c u:o stay
      RCR r:c
        C0 /3 Eb,Iub w:c u:o stay @186
        C1 /3 Ev,Iub w:c u:o stay @186
        D0 /3 Eb,1 w:oc
        D1 /3 Ev,1 w:oc
        D2 /3 Eb,CL w:c u:o stay
        D3 /3 Ev,CL w:c u:o stay
      SHL
        C0 /4 Eb,Iub w:szpc u:oa stay @186
        C0 /6 Eb,Iub w:szpc u:oa stay @186
        C1 /4 Ev,Iub w:szpc u:oa stay @186
        C1 /6 Ev,Iub w:szpc u:oa stay @186
        D0 /4 Eb,1 w:oszpc u:a
        D0 /6 Eb,1 w:oszpc u:a
        D1 /4 Ev,1 w:oszpc u:a
        D1 /6 Ev,1 w:oszpc u:a
        D2 /4 Eb,CL w:szpc u:oa stay
        D2 /6 Eb,CL w:szpc u:oa stay
        D3 /4 Ev,CL w:szpc u:oa stay
        D3 /6 Ev,CL w:szpc u:oa stay
      SHR
        C0 /5 Eb,Iub w:szpc u:oa stay @186
        C1 /5 Ev,Iub w:szpc u:oa stay @186
        D0 /5 Eb,1 w:oszpc u:a
        D1 /5 Ev,1 w:oszpc u:a
        D2 /5 Eb,CL w:szpc u:oa stay
        D3 /5 Ev,CL w:szpc u:oa stay
      SAR
        C0 /7 Eb,Iub w:szpc u:oa stay @186
        C1 /7 Ev,Iub w:szpc u:oa stay @186
        D0 /7 Eb,1 w:oszpc u:a
        D1 /7 Ev,1 w:oszpc u:a
        D2 /7 Eb,CL w:szpc u:oa stay
        D3 /7 Ev,CL w:szpc u:oa stay
      SHLD w:szpc u:oa stay @386
        0F A4 /r Ev,Gv,Iub
        0F A5 /r Ev,Gv,CL
      SHRD w:szpc u:oa stay @386
        0F AC /r Ev,Gv,Iub
        0F AD /r Ev,Gv,CL
      BT w:c u:osap @386
        0F A3 /r Ev,Gv
        0F BA /4 Ev,Iub
      BTS lock w:c u:osap @386
        0F AB /r Ev,Gv
        0F BA /5 Ev,Iub
      BTR lock w:c u:osap @386
        0F B3 /r Ev,Gv
        0F BA /6 Ev,Iub
      BTC lock w:c u:osap @386
        0F BB /r Ev,Gv
        0F BA /7 Ev,Iub
      BSF 0F BC /r Gv,Ev w:z u:osapc @386
      BSR 0F BD /r Gv,Ev w:z u:osapc @386
      BSWAP 0F C8+r Zv @486
      POPCNT F3 0F B8 /r Gv,Ev w:oszapc @POPCNT
      CRC32 @SSE4.2
        F2 0F 38 F0 /r Gy,Eb
        F2 0F 38 F1 /r Gy,Ev
      """;

  static final String MOVES =
      """
      default @8086
      MOV
        88 /r Eb,Gb
        89 /r Ev,Gv
        8A /r Gb,Eb
        8B /r Gv,Ev
        8C /r RvMw,Sw
        A0 AL,Ob
        A1 rAX,Ov
        A2 Ob,AL
        A3 Ov,rAX
        B0+r Zb,Ib
        B8+r Zv,Iv
        C6 /0 Eb,Ib
        C7 /0 Ev,Iz
      MOVZX @386
        0F B6 /r Gv,Eb
        0F B7 /r Gv,Ew
      MOVSX @386
        0F BE /r Gv,Eb
        0F BF /r Gv,Ew
      MOVSXD 63 /r Gv,Ez o64 @LM
      MOVBE @MOVBE
        NFx 0F 38 F0 /r Gv,Mv
        NFx 0F 38 F1 /r Mv,Gv
      MOVNTI NP 0F C3 /r My,Gy @SSE2
      LEA 8D /r Gv,Mo
      XCHG lock
        86 /r Eb,Gb
        87 /r Ev,Gv
        90+r Zv,rAX
      XADD lock w:oszapc @486
        0F C0 /r Eb,Gb
        0F C1 /r Ev,Gv
      CMPXCHG lock w:oszapc @486
        0F B0 /r Eb,Gb
        0F B1 /r Ev,Gv
      CMPXCHG8B lock w:z
        0F C7 /1 Mq w0 @CX8
        0F C7 /1 Mx w1 name:cmpxchg16b @CX16
      SETCC 0F 90+cc /r Eb r:oszpc @386
      CMOVCC 0F 40+cc /r Gv,Ev r:oszpc @CMOV
      XLAT D7 - fault
      PUSH d64 fault
        06 ES i64
        0E CS i64
        16 SS i64
        1E DS i64
        0F A0 FS @386
        0F A8 GS @386
        50+r Zv
        68 Iz @186
        6A Ibs @186
        FF /6 Ev
      POP d64 fault
        07 ES i64 ends
        17 SS i64 ends
        1F DS i64 ends
        0F A1 FS ends @386
        0F A9 GS ends @386
        58+r Zv
        8F /0 Ev
      PUSHA 60 - i64 fault @186
      POPA 61 - i64 fault @186
      PUSHF 9C - d64 fault r:oszapcditnLRVAfwI
      POPF 9D - d64 fault ends r:LV w:oszapcditnLRAfwI
      LAHF 9F - r:szapc
      SAHF 9E - w:szapc
      SALC D6 - i64 r:c
      ENTER C8 Iw,Iub d64 fault @186
      LEAVE C9 - d64 fault @186
      CLC F8 - w:c
      STC F9 - w:c
      CMC F5 - r:c w:c
      CLD FC - w:d
      STD FD - w:d
      NOP
        NFx 90 -
        F2 90 -
        0F 0D /r Ev,Gv @NOP
        0F 0D /0 Mb name:prefetch @3DNOW
        0F 0D /1 Mb name:prefetchw @3DNOW
        0F 0D /2 Mb name:prefetch @3DNOW
        0F 0D /3 Mb name:prefetchw @3DNOW
        0F 0D /4 Mb name:prefetch @3DNOW
        0F 0D /5 Mb name:prefetch @3DNOW
        0F 0D /6 Mb name:prefetch @3DNOW
        0F 0D /7 Mb name:prefetch @3DNOW
        0F 18 /0 Mb name:prefetchnta @SSE
        0F 18 /1 Mb name:prefetcht0 @SSE
        0F 18 /2 Mb name:prefetcht1 @SSE
        0F 18 /3 Mb name:prefetcht2 @SSE
        0F 18 /r Ev,Gv @NOP
        0F 19 /r Ev,Gv @NOP
        0F 1A /r Ev,Gv @NOP
        0F 1B /r Ev,Gv @NOP
        0F 1C /r Ev,Gv @NOP
        0F 1D /r Ev,Gv @NOP
        0F 1E /r Ev,Gv @NOP
        0F 1F /0 Ev @NOP
        0F 1F /r Ev,Gv @NOP
      PAUSE F3 90 - ends @SSE2
      """;

  static final String CONTROL =
      """
      default @8086
      JCC ends fault r:oszpc
        70+cc Jb f64
        0F 80+cc Jz f64 @386
      CALL ends fault
        E8 Jz f64
        FF /2 Ev f64
      JMP ends fault
        E9 Jz f64
        EB Jb f64
        FF /4 Ev f64
      CALLF ends fault
        9A Ap i64
        FF /3 Mp
      JMPF ends fault
        EA Ap i64
        FF /5 Mp
      RET ends fault f64
        C2 Iw
        C3
      RETF ends fault
        CA Iw
        CB
      LOOPNE E0 Jb ends fault f64 r:z
      LOOPE E1 Jb ends fault f64 r:z
      LOOP E2 Jb ends fault f64
      JCXZ E3 Jb ends fault f64
      INT CD Iub ends fault r:oszapcditnLRVAfwI w:tinRVA
      INT3 CC - ends fault r:oszapcditnLRVAfwI w:tinRVA
      INT1 F1 - ends fault @386 r:oszapcditnLRVAfwI w:tinRVA
      INTO CE - i64 ends fault r:oszapcditnLRVAfwI w:tinRVA
      IRET CF - ends fault r:LnV w:oszapcditnLRVAfwI
      BOUND 62 /r Gv,Ma i64 fault @186
      ARPL 63 /r Ew,Gw i64 system fault w:z @286
      LES C4 /r Gv,Mp i64 ends
      LDS C5 /r Gv,Mp i64 ends
      LSS 0F B2 /r Gv,Mp ends @386
      LFS 0F B4 /r Gv,Mp ends @386
      LGS 0F B5 /r Gv,Mp ends @386
      MOVS fault r:d
        A4 - byte
        A5
      CMPS fault r:d w:oszapc stay
        A6 - byte
        A7
      STOS fault r:d
        AA - byte
        AB
      LODS fault r:d
        AC - byte
        AD
      SCAS fault r:d w:oszapc stay
        AE - byte
        AF
      INS fault ends r:dL @186
        6C - byte
        6D - max4
      OUTS fault ends r:dL @186
        6E - byte
        6F - max4
      IN fault ends r:L
        E4 AL,Iub
        E5 eAX,Iub max4
        EC AL,DX
        ED eAX,DX max4
      OUT fault ends r:L
        E6 Iub,AL
        E7 Iub,eAX max4
        EE DX,AL
        EF DX,eAX max4
      """;

  private IntegerTable() {}
}
