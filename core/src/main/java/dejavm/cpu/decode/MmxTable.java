package dejavm.cpu.decode;

/**
 * The packed-integer instructions of the opcode table: MMX, its extensions by SSE and SSE2 to XMM
 * registers, SSSE3, SSE4 and AES, in the notation of {@link IntegerTable}. A prefix {@code NP|66}
 * with MMX operands stands for two rows; the second has XMM registers and 16 bytes of memory, and
 * the part of its feature after the slash.
 *
 * <p>Source: Intel SDM volume 2 (order no. 325383).
 */
final class MmxTable {
  static final String MMX =
      """
      default @MMX packed fault
      PUNPCKLBW NP|66 0F 60 /r Pq,Qd @MMX/SSE2
      PUNPCKLWD NP|66 0F 61 /r Pq,Qd @MMX/SSE2
      PUNPCKLDQ NP|66 0F 62 /r Pq,Qd @MMX/SSE2
      PACKSSWB NP|66 0F 63 /r Pq,Qq @MMX/SSE2
      PCMPGTB NP|66 0F 64 /r Pq,Qq @MMX/SSE2
      PCMPGTW NP|66 0F 65 /r Pq,Qq @MMX/SSE2
      PCMPGTD NP|66 0F 66 /r Pq,Qq @MMX/SSE2
      PACKUSWB NP|66 0F 67 /r Pq,Qq @MMX/SSE2
      PUNPCKHBW NP|66 0F 68 /r Pq,Qq @MMX/SSE2
      PUNPCKHWD NP|66 0F 69 /r Pq,Qq @MMX/SSE2
      PUNPCKHDQ NP|66 0F 6A /r Pq,Qq @MMX/SSE2
      PACKSSDW NP|66 0F 6B /r Pq,Qq @MMX/SSE2
      PCMPEQB NP|66 0F 74 /r Pq,Qq @MMX/SSE2
      PCMPEQW NP|66 0F 75 /r Pq,Qq @MMX/SSE2
      PCMPEQD NP|66 0F 76 /r Pq,Qq @MMX/SSE2
      PSRLW @MMX/SSE2
        NP|66 0F D1 /r Pq,Qq
        NP|66 0F 71 /2 Nq,Iub
      PSRLD @MMX/SSE2
        NP|66 0F D2 /r Pq,Qq
        NP|66 0F 72 /2 Nq,Iub
      PSRLQ @MMX/SSE2
        NP|66 0F D3 /r Pq,Qq
        NP|66 0F 73 /2 Nq,Iub
      PMULLW NP|66 0F D5 /r Pq,Qq @MMX/SSE2
      PSUBUSB NP|66 0F D8 /r Pq,Qq @MMX/SSE2
      PSUBUSW NP|66 0F D9 /r Pq,Qq @MMX/SSE2
      PAND NP|66 0F DB /r Pq,Qq @MMX/SSE2
      PADDUSB NP|66 0F DC /r Pq,Qq @MMX/SSE2
      PADDUSW NP|66 0F DD /r Pq,Qq @MMX/SSE2
      PANDN NP|66 0F DF /r Pq,Qq @MMX/SSE2
      PSRAW @MMX/SSE2
        NP|66 0F E1 /r Pq,Qq
        NP|66 0F 71 /4 Nq,Iub
      PSRAD @MMX/SSE2
        NP|66 0F E2 /r Pq,Qq
        NP|66 0F 72 /4 Nq,Iub
      PMULHW NP|66 0F E5 /r Pq,Qq @MMX/SSE2
      PSUBSB NP|66 0F E8 /r Pq,Qq @MMX/SSE2
      PSUBSW NP|66 0F E9 /r Pq,Qq @MMX/SSE2
      POR NP|66 0F EB /r Pq,Qq @MMX/SSE2
      PADDSB NP|66 0F EC /r Pq,Qq @MMX/SSE2
      PADDSW NP|66 0F ED /r Pq,Qq @MMX/SSE2
      PXOR NP|66 0F EF /r Pq,Qq @MMX/SSE2
      PSLLW @MMX/SSE2
        NP|66 0F F1 /r Pq,Qq
        NP|66 0F 71 /6 Nq,Iub
      PSLLD @MMX/SSE2
        NP|66 0F F2 /r Pq,Qq
        NP|66 0F 72 /6 Nq,Iub
      PSLLQ @MMX/SSE2
        NP|66 0F F3 /r Pq,Qq
        NP|66 0F 73 /6 Nq,Iub
      PMADDWD NP|66 0F F5 /r Pq,Qq @MMX/SSE2
      PSUBB NP|66 0F F8 /r Pq,Qq @MMX/SSE2
      PSUBW NP|66 0F F9 /r Pq,Qq @MMX/SSE2
      PSUBD NP|66 0F FA /r Pq,Qq @MMX/SSE2
      PADDB NP|66 0F FC /r Pq,Qq @MMX/SSE2
      PADDW NP|66 0F FD /r Pq,Qq @MMX/SSE2
      PADDD NP|66 0F FE /r Pq,Qq @MMX/SSE2
      MOVD
        NP 0F 6E /r Pq,Ed w0 @MMX
        NP 0F 7E /r Ed,Pq w0 @MMX
        66 0F 6E /r Vx,Ed w0 @SSE2
        66 0F 7E /r Ed,Vx w0 @SSE2
      MOVQ
        NP 0F 6E /r Pq,Eq w1 @MMX
        NP 0F 7E /r Eq,Pq w1 @MMX
        66 0F 6E /r Vx,Eq w1 @SSE2
        66 0F 7E /r Eq,Vx w1 @SSE2
        NP 0F 6F /r Pq,Qq @MMX
        NP 0F 7F /r Qq,Pq @MMX
        F3 0F 7E /r Vx,Wq @SSE2
        66 0F D6 /r Wq,Vx @SSE2
      EMMS NP 0F 77
      """;

  static final String EXTENSIONS =
      """
      default @SSE packed fault
      PMINUB NP|66 0F DA /r Pq,Qq @SSE/SSE2
      PMAXUB NP|66 0F DE /r Pq,Qq @SSE/SSE2
      PAVGB NP|66 0F E0 /r Pq,Qq @SSE/SSE2
      PAVGW NP|66 0F E3 /r Pq,Qq @SSE/SSE2
      PMULHUW NP|66 0F E4 /r Pq,Qq @SSE/SSE2
      PMINSW NP|66 0F EA /r Pq,Qq @SSE/SSE2
      PMAXSW NP|66 0F EE /r Pq,Qq @SSE/SSE2
      PSADBW NP|66 0F F6 /r Pq,Qq @SSE/SSE2
      PADDQ NP|66 0F D4 /r Pq,Qq @SSE2
      PMULUDQ NP|66 0F F4 /r Pq,Qq @SSE2
      PSUBQ NP|66 0F FB /r Pq,Qq @SSE2
      PMOVMSKB NP|66 0F D7 /r Gd,Nq @SSE/SSE2
      PINSRW NP|66 0F C4 /r Pq,RdMw,Iub @SSE/SSE2
      PEXTRW
        NP|66 0F C5 /r Gd,Nq,Iub @SSE/SSE2
        66 0F 3A 15 /r RdMw,Vx,Iub @SSE4.1
      MASKMOVQ NP 0F F7 /r Pq,Nq
      MASKMOVDQU 66 0F F7 /r Vx,Ux @SSE2
      MOVNTQ NP 0F E7 /r Mq,Pq
      MOVNTDQ 66 0F E7 /r Mx,Vx @SSE2
      PSHUFW NP 0F 70 /r Pq,Qq,Iub
      PSHUFD 66 0F 70 /r Vx,Wx,Iub @SSE2
      PSHUFHW F3 0F 70 /r Vx,Wx,Iub @SSE2
      PSHUFLW F2 0F 70 /r Vx,Wx,Iub @SSE2
      PSLLDQ 66 0F 73 /7 Ux,Iub @SSE2
      PSRLDQ 66 0F 73 /3 Ux,Iub @SSE2
      PUNPCKLQDQ 66 0F 6C /r Vx,Wx @SSE2
      PUNPCKHQDQ 66 0F 6D /r Vx,Wx @SSE2
      MOVDQA @SSE2
        66 0F 6F /r Vx,Wx
        66 0F 7F /r Wx,Vx
      MOVDQU @SSE2
        F3 0F 6F /r Vx,Wx
        F3 0F 7F /r Wx,Vx
      MOVDQ2Q F2 0F D6 /r Pq,Uq @SSE2
      MOVQ2DQ F3 0F D6 /r Vx,Nq @SSE2
      """;

  static final String SSSE3 =
      """
      default @SSSE3 packed fault
      PSHUFB NP|66 0F 38 00 /r Pq,Qq
      PHADDW NP|66 0F 38 01 /r Pq,Qq
      PHADDD NP|66 0F 38 02 /r Pq,Qq
      PHADDSW NP|66 0F 38 03 /r Pq,Qq
      PMADDUBSW NP|66 0F 38 04 /r Pq,Qq
      PHSUBW NP|66 0F 38 05 /r Pq,Qq
      PHSUBD NP|66 0F 38 06 /r Pq,Qq
      PHSUBSW NP|66 0F 38 07 /r Pq,Qq
      PSIGNB NP|66 0F 38 08 /r Pq,Qq
      PSIGNW NP|66 0F 38 09 /r Pq,Qq
      PSIGND NP|66 0F 38 0A /r Pq,Qq
      PMULHRSW NP|66 0F 38 0B /r Pq,Qq
      PABSB NP|66 0F 38 1C /r Pq,Qq
      PABSW NP|66 0F 38 1D /r Pq,Qq
      PABSD NP|66 0F 38 1E /r Pq,Qq
      PALIGNR NP|66 0F 3A 0F /r Pq,Qq,Iub
      """;

  static final String SSE4 =
      """
      default @SSE4.1 packed fault
      PMULDQ 66 0F 38 28 /r Vx,Wx
      PCMPEQQ 66 0F 38 29 /r Vx,Wx
      PACKUSDW 66 0F 38 2B /r Vx,Wx
      PMINSB 66 0F 38 38 /r Vx,Wx
      PMINSD 66 0F 38 39 /r Vx,Wx
      PMINUW 66 0F 38 3A /r Vx,Wx
      PMINUD 66 0F 38 3B /r Vx,Wx
      PMAXSB 66 0F 38 3C /r Vx,Wx
      PMAXSD 66 0F 38 3D /r Vx,Wx
      PMAXUW 66 0F 38 3E /r Vx,Wx
      PMAXUD 66 0F 38 3F /r Vx,Wx
      PMULLD 66 0F 38 40 /r Vx,Wx
      PHMINPOSUW 66 0F 38 41 /r Vx,Wx
      PTEST 66 0F 38 17 /r Vx,Wx w:oszapc
      PMOVSXBW 66 0F 38 20 /r Vx,Wq
      PMOVZXBW 66 0F 38 30 /r Vx,Wq
      PMOVSXBD 66 0F 38 21 /r Vx,Wd
      PMOVZXBD 66 0F 38 31 /r Vx,Wd
      PMOVSXBQ 66 0F 38 22 /r Vx,Ww
      PMOVZXBQ 66 0F 38 32 /r Vx,Ww
      PMOVSXWD 66 0F 38 23 /r Vx,Wq
      PMOVZXWD 66 0F 38 33 /r Vx,Wq
      PMOVSXWQ 66 0F 38 24 /r Vx,Wd
      PMOVZXWQ 66 0F 38 34 /r Vx,Wd
      PMOVSXDQ 66 0F 38 25 /r Vx,Wq
      PMOVZXDQ 66 0F 38 35 /r Vx,Wq
      MOVNTDQA 66 0F 38 2A /r Vx,Mx
      PBLENDVB 66 0F 38 10 /r Vx,Wx,XMM0
      BLENDVPS 66 0F 38 14 /r Vx,Wx,XMM0
      BLENDVPD 66 0F 38 15 /r Vx,Wx,XMM0
      ROUNDPS 66 0F 3A 08 /r Vx,Wx,Iub sse
      ROUNDPD 66 0F 3A 09 /r Vx,Wx,Iub sse
      ROUNDSS 66 0F 3A 0A /r Vx,Wd,Iub sse
      ROUNDSD 66 0F 3A 0B /r Vx,Wq,Iub sse
      BLENDPS 66 0F 3A 0C /r Vx,Wx,Iub
      BLENDPD 66 0F 3A 0D /r Vx,Wx,Iub
      PBLENDW 66 0F 3A 0E /r Vx,Wx,Iub
      PEXTRB 66 0F 3A 14 /r RdMb,Vx,Iub
      PEXTRD
        66 0F 3A 16 /r Ed,Vx,Iub w0
        66 0F 3A 16 /r Eq,Vx,Iub w1 name:pextrq
      EXTRACTPS 66 0F 3A 17 /r Ed,Vx,Iub
      PINSRB 66 0F 3A 20 /r Vx,RdMb,Iub
      INSERTPS 66 0F 3A 21 /r Vx,Wd,Iub
      PINSRD
        66 0F 3A 22 /r Vx,Ed,Iub w0
        66 0F 3A 22 /r Vx,Eq,Iub w1 name:pinsrq
      DPPS 66 0F 3A 40 /r Vx,Wx,Iub sse
      DPPD 66 0F 3A 41 /r Vx,Wx,Iub sse
      MPSADBW 66 0F 3A 42 /r Vx,Wx,Iub
      PCMPGTQ 66 0F 38 37 /r Vx,Wx @SSE4.2
      PCMPESTRM 66 0F 3A 60 /r Vx,Wx,Iub w:oszapc @SSE4.2
      PCMPESTRI 66 0F 3A 61 /r Vx,Wx,Iub w:oszapc @SSE4.2
      PCMPISTRM 66 0F 3A 62 /r Vx,Wx,Iub w:oszapc @SSE4.2
      PCMPISTRI 66 0F 3A 63 /r Vx,Wx,Iub w:oszapc @SSE4.2
      AESIMC 66 0F 38 DB /r Vx,Wx @AES
      AESENC 66 0F 38 DC /r Vx,Wx @AES
      AESENCLAST 66 0F 38 DD /r Vx,Wx @AES
      AESDEC 66 0F 38 DE /r Vx,Wx @AES
      AESDECLAST 66 0F 38 DF /r Vx,Wx @AES
      AESKEYGENASSIST 66 0F 3A DF /r Vx,Wx,Iub @AES
      PCLMULQDQ 66 0F 3A 44 /r Vx,Wx,Iub @PCLMULQDQ
      """;

  private MmxTable() {}
}
