package dejavm.device.disk;

/** A device on an ATA channel, as the channel sees it. */
public sealed interface AtaDevice permits AtaDisk, AtapiCdrom {
  /** Its registers, which the channel reads and writes for the guest. */
  AtaRegisters registers();

  /** The command register was written, with any value but that of the diagnosis. */
  void command(int opcode);

  /** The last byte expected went through the data register. */
  void exchanged();

  /** The guest started the channel's DMA. */
  void dmaStarted();

  /** Reset by the guest, or the diagnosis: what was under way is forgotten. */
  void softReset();

  /** As after power-on. */
  void reset();
}
