package dejavm.cpu.decode;

/**
 * The floating-point instructions of SSE, SSE2 and SSE3 in the opcode table, in the notation of
 * {@link IntegerTable}.
 *
 * <p>Source: Intel SDM volume 2 (order no. 325383).
 */
final class SseTable {
  static final String ARITHMETIC =
      """
      default @SSE sse fault
      SQRTPS NP 0F 51 /r Vx,Wx
      SQRTPD 66 0F 51 /r Vx,Wx @SSE2
      SQRTSS F3 0F 51 /r Vx,Wd
      SQRTSD F2 0F 51 /r Vx,Wq @SSE2
      ADDPS NP 0F 58 /r Vx,Wx
      ADDPD 66 0F 58 /r Vx,Wx @SSE2
      ADDSS F3 0F 58 /r Vx,Wd
      ADDSD F2 0F 58 /r Vx,Wq @SSE2
      MULPS NP 0F 59 /r Vx,Wx
      MULPD 66 0F 59 /r Vx,Wx @SSE2
      MULSS F3 0F 59 /r Vx,Wd
      MULSD F2 0F 59 /r Vx,Wq @SSE2
      SUBPS NP 0F 5C /r Vx,Wx
      SUBPD 66 0F 5C /r Vx,Wx @SSE2
      SUBSS F3 0F 5C /r Vx,Wd
      SUBSD F2 0F 5C /r Vx,Wq @SSE2
      MINPS NP 0F 5D /r Vx,Wx
      MINPD 66 0F 5D /r Vx,Wx @SSE2
      MINSS F3 0F 5D /r Vx,Wd
      MINSD F2 0F 5D /r Vx,Wq @SSE2
      DIVPS NP 0F 5E /r Vx,Wx
      DIVPD 66 0F 5E /r Vx,Wx @SSE2
      DIVSS F3 0F 5E /r Vx,Wd
      DIVSD F2 0F 5E /r Vx,Wq @SSE2
      MAXPS NP 0F 5F /r Vx,Wx
      MAXPD 66 0F 5F /r Vx,Wx @SSE2
      MAXSS F3 0F 5F /r Vx,Wd
      MAXSD F2 0F 5F /r Vx,Wq @SSE2
      RSQRTPS NP 0F 52 /r Vx,Wx
      RSQRTSS F3 0F 52 /r Vx,Wd
      RCPPS NP 0F 53 /r Vx,Wx
      RCPSS F3 0F 53 /r Vx,Wd
      UNPCKLPS NP 0F 14 /r Vx,Wx
      UNPCKLPD 66 0F 14 /r Vx,Wx @SSE2
      UNPCKHPS NP 0F 15 /r Vx,Wx
      UNPCKHPD 66 0F 15 /r Vx,Wx @SSE2
      ANDPS NP 0F 54 /r Vx,Wx
      ANDPD 66 0F 54 /r Vx,Wx @SSE2
      ANDNPS NP 0F 55 /r Vx,Wx
      ANDNPD 66 0F 55 /r Vx,Wx @SSE2
      ORPS NP 0F 56 /r Vx,Wx
      ORPD 66 0F 56 /r Vx,Wx @SSE2
      XORPS NP 0F 57 /r Vx,Wx
      XORPD 66 0F 57 /r Vx,Wx @SSE2
      SHUFPS NP 0F C6 /r Vx,Wx,Iub
      SHUFPD 66 0F C6 /r Vx,Wx,Iub @SSE2
      CMPPS NP 0F C2 /r Vx,Wx,Iub
      CMPPD 66 0F C2 /r Vx,Wx,Iub @SSE2
      CMPSS F3 0F C2 /r Vx,Wd,Iub
      CMPSD F2 0F C2 /r Vx,Wq,Iub @SSE2
      UCOMISS NP 0F 2E /r Vx,Wd w:oszapc
      UCOMISD 66 0F 2E /r Vx,Wq w:oszapc @SSE2
      COMISS NP 0F 2F /r Vx,Wd w:oszapc
      COMISD 66 0F 2F /r Vx,Wq w:oszapc @SSE2
      ADDSUBPD 66 0F D0 /r Vx,Wx @SSE3
      ADDSUBPS F2 0F D0 /r Vx,Wx @SSE3
      HADDPD 66 0F 7C /r Vx,Wx @SSE3
      HADDPS F2 0F 7C /r Vx,Wx @SSE3
      HSUBPD 66 0F 7D /r Vx,Wx @SSE3
      HSUBPS F2 0F 7D /r Vx,Wx @SSE3
      """;

  static final String MOVES =
      """
      default @SSE sse fault
      MOVUPS
        NP 0F 10 /r Vx,Wx
        NP 0F 11 /r Wx,Vx
      MOVUPD @SSE2
        66 0F 10 /r Vx,Wx
        66 0F 11 /r Wx,Vx
      MOVSS
        F3 0F 10 /r Vx,Wd
        F3 0F 11 /r Wd,Vx
      MOVSD @SSE2
        F2 0F 10 /r Vx,Wq
        F2 0F 11 /r Wq,Vx
      MOVLPS
        NP 0F 12 /r Vx,Mq
        NP 0F 13 /r Mq,Vx
      MOVHLPS NP 0F 12 /r Vx,Ux
      MOVLPD @SSE2
        66 0F 12 /r Vx,Mq
        66 0F 13 /r Mq,Vx
      MOVHPS
        NP 0F 16 /r Vx,Mq
        NP 0F 17 /r Mq,Vx
      MOVLHPS NP 0F 16 /r Vx,Ux
      MOVHPD @SSE2
        66 0F 16 /r Vx,Mq
        66 0F 17 /r Mq,Vx
      MOVSLDUP F3 0F 12 /r Vx,Wx @SSE3
      MOVSHDUP F3 0F 16 /r Vx,Wx @SSE3
      MOVDDUP F2 0F 12 /r Vx,Wq @SSE3
      LDDQU F2 0F F0 /r Vx,Mx @SSE3
      MOVAPS
        NP 0F 28 /r Vx,Wx
        NP 0F 29 /r Wx,Vx
      MOVAPD @SSE2
        66 0F 28 /r Vx,Wx
        66 0F 29 /r Wx,Vx
      MOVNTPS NP 0F 2B /r Mx,Vx
      MOVNTPD 66 0F 2B /r Mx,Vx @SSE2
      MOVMSKPS NP 0F 50 /r Gd,Ux
      MOVMSKPD 66 0F 50 /r Gd,Ux @SSE2
      """;

  static final String CONVERSIONS =
      """
      default @SSE2 sse fault
      CVTPI2PS NP 0F 2A /r Vx,Qq @SSE
      CVTPI2PD 66 0F 2A /r Vx,Qq
      CVTSI2SS F3 0F 2A /r Vx,Ey @SSE
      CVTSI2SD F2 0F 2A /r Vx,Ey
      CVTTPS2PI NP 0F 2C /r Pq,Wq @SSE
      CVTTPD2PI 66 0F 2C /r Pq,Wx
      CVTTSS2SI F3 0F 2C /r Gy,Wd @SSE
      CVTTSD2SI F2 0F 2C /r Gy,Wq
      CVTPS2PI NP 0F 2D /r Pq,Wq @SSE
      CVTPD2PI 66 0F 2D /r Pq,Wx
      CVTSS2SI F3 0F 2D /r Gy,Wd @SSE
      CVTSD2SI F2 0F 2D /r Gy,Wq
      CVTPS2PD NP 0F 5A /r Vx,Wq
      CVTPD2PS 66 0F 5A /r Vx,Wx
      CVTSS2SD F3 0F 5A /r Vx,Wd
      CVTSD2SS F2 0F 5A /r Vx,Wq
      CVTDQ2PS NP 0F 5B /r Vx,Wx
      CVTPS2DQ 66 0F 5B /r Vx,Wx
      CVTTPS2DQ F3 0F 5B /r Vx,Wx
      CVTTPD2DQ 66 0F E6 /r Vx,Wx
      CVTDQ2PD F3 0F E6 /r Vx,Wq
      CVTPD2DQ F2 0F E6 /r Vx,Wx
      """;

  private SseTable() {}
}
