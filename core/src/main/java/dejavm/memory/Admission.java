package dejavm.memory;

/**
 * Looks up accesses for an engine that makes them itself, as they are about to be made: with their
 * A and D bits, but only where no device has to be asked, since that cannot be done twice.
 */
public final class Admission {
  /** Thrown where a walk would have to ask a device. */
  private static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1;

    Refused() {
      super(null, null, false, false);
    }
  }

  private final Mmu mmu;
  private boolean inProgress;

  /** The last data access could not be looked up. */
  private boolean refused;

  Admission(Mmu mmu) {
    this.mmu = mmu;
  }

  /** A device is about to be asked. */
  void refuseDevices() {
    if (inProgress) {
      throw new Refused();
    }
  }

  /**
   * Looks up an access to data.
   *
   * @param access {@link Mmu#READ} or {@link Mmu#WRITE}
   * @return whether the translation cache has an entry for it now; if not, the access needs another
   *     way
   * @throws PageFault where it faults
   */
  public boolean admit(long linear, int size, int access) {
    refused = true;
    if ((linear & 0xFFF) + size > 4096) {
      return false;
    }
    inProgress = true;
    try {
      mmu.probe(linear, size, access);
      refused = false;
    } catch (Refused device) {
      return false;
    } finally {
      inProgress = false;
    }
    return mmu.direct(linear, 1, access) >= 0;
  }

  /**
   * After {@link #admit} found no entry for a store: tells all who must hear of it.
   *
   * @return the offset in {@link PhysicalMemory#segment()} that the caller writes to next, once; or
   *     -1 where the store needs another way
   */
  public long announce(int size) {
    return refused ? -1 : mmu.announce(size);
  }

  /**
   * Looks up a fetch.
   *
   * @return the offset in {@link PhysicalMemory#segment()}, or -1 where a device is in the way
   * @throws PageFault where the page cannot be executed
   */
  public long fetch(long linear) {
    inProgress = !mmu.fetchCached(linear);
    try {
      long offset = mmu.fetch(linear);
      return mmu.fetchCached(linear) ? offset : -1;
    } catch (Refused device) {
      return -1;
    } finally {
      inProgress = false;
    }
  }
}
