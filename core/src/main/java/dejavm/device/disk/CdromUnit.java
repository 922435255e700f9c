package dejavm.device.disk;

import dejavm.bus.Derived;
import dejavm.bus.Disk;
import dejavm.bus.Medium;
import dejavm.bus.Paged;
import dejavm.bus.Stateful;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;

/**
 * What is behind the packets of a CD-ROM drive: commands of 12 bytes, replies, and sense data that
 * says why a command failed.
 *
 * <p>After a reset, and after a change of the disc, the next command fails once with a unit
 * attention, whatever it is; only INQUIRY, REQUEST SENSE and GET EVENT STATUS pass by it. Sense
 * data is gone once it was asked for or another command came. A disc is changed whether the tray is
 * locked or not, as with a paper clip.
 *
 * <p>Source: MMC-3 (T10/1363D), chapter 6; SPC-2 (T10/1236D), chapter 7.
 */
final class CdromUnit implements Stateful<CdromUnit.State> {
  /**
   * The unit.
   *
   * @param key sense key of the last command, 0 where it did well
   * @param code additional sense code and its qualifier
   * @param attention code and qualifier of a unit attention that waits, or 0
   * @param event of the medium that waits, as GET EVENT STATUS has it
   * @param disc which of the media is in, or -1
   * @param reply what is still to be given
   * @param block the next block to read
   * @param left blocks to read
   * @param fetched blocks last read into the buffer
   * @param faults pages of discs that cannot be read: disc * 2^32 + page
   */
  record State(
      int key,
      int code,
      int attention,
      int event,
      boolean open,
      boolean locked,
      int disc,
      byte[] reply,
      long block,
      int left,
      int fetched,
      long[] faults) {}

  /** Bytes in a block. */
  static final int BLOCK = 2048;

  private static final int SECTORS = BLOCK / Disk.SECTOR;

  /** Blocks read into the buffer at once. */
  private static final int MOST = AtaRegisters.MOST_SECTORS / SECTORS;

  private static final int NOT_READY = 2;
  private static final int MEDIUM_ERROR = 3;
  private static final int ILLEGAL = 5;
  private static final int ATTENTION = 6;

  private static final int NO_DISC = 0x3A00;
  private static final int UNRECOVERED = 0x1100;
  private static final int OPCODE = 0x2000;
  private static final int RANGE = 0x2100;
  private static final int FIELD = 0x2400;
  private static final int WAS_CHANGED = 0x2800;
  private static final int WAS_RESET = 0x2900;
  private static final int LOCKED = 0x5302;

  private static final int EVENT_NEW = 2;
  private static final int EVENT_REMOVED = 3;

  @Derived("wired once")
  private final List<Medium> media;

  @Derived("holds a page while it is read")
  private final byte[] page = new byte[Paged.PAGE];

  @Derived("the state lists it as an array")
  private final TreeSet<Long> faults = new TreeSet<>();

  private int key;
  private int code;
  private int attention;
  private int event;
  private boolean open;
  private boolean locked;
  private int disc;
  private byte[] reply = {};
  private long block;
  private int left;
  private int fetched;

  CdromUnit(List<Medium> media) {
    this.media = List.copyOf(media);
    disc = media.isEmpty() ? -1 : 0;
  }

  int senseKey() {
    return key;
  }

  void reset() {
    key = 0;
    code = 0;
    attention = WAS_RESET;
    locked = false;
    reply = new byte[0];
    left = 0;
    fetched = 0;
    block = 0;
  }

  void change(String name) {
    disc = -1;
    for (int i = 0; i < media.size(); i++) {
      if (media.get(i).name().equals(name)) {
        disc = i;
      }
    }
    open = false;
    attention = disc < 0 ? 0 : WAS_CHANGED;
    event = disc < 0 ? EVENT_REMOVED : EVENT_NEW;
    left = 0;
  }

  void fault(long sector) {
    faults.add(faultKey(sector));
  }

  private long faultKey(long sector) {
    return (long) disc << 32 | sector / Disk.PER_PAGE;
  }

  private boolean present() {
    return disc >= 0 && !open;
  }

  private long blocks() {
    return media.get(disc).sectors() / SECTORS;
  }

  // ---- commands ----

  /** Executes a packet; {@link #fetch} then gives its data, and the sense key says how it went. */
  void execute(byte[] packet) {
    int opcode = packet[0] & 0xFF;
    reply = new byte[0];
    left = 0;
    fetched = 0;
    boolean always = opcode == 0x12 || opcode == 0x03 || opcode == 0x4A;
    if (opcode != 0x03) {
      sense(0, 0);
    }
    if (attention != 0 && !always) {
      sense(ATTENTION, attention);
      attention = 0;
      return;
    }
    switch (opcode) {
      case 0x00 -> ready(); // TEST UNIT READY
      case 0x03 -> requestSense(packet[4] & 0xFF);
      case 0x12 -> inquiry(packet);
      case 0x1B -> startStop(packet[4]);
      case 0x1E -> locked = (packet[4] & 1) != 0;
      case 0x25 -> readCapacity();
      case 0x28 -> read(word(packet, 2, 4), (int) word(packet, 7, 2));
      case 0xA8 -> read(word(packet, 2, 4), (int) Math.min(word(packet, 6, 4), Integer.MAX_VALUE));
      case 0xBE -> readCd(packet);
      case 0x2B -> {
        if (ready() && word(packet, 2, 4) >= blocks()) {
          sense(ILLEGAL, RANGE);
        }
      }
      case 0x43 -> readToc(packet);
      case 0x46 -> getConfiguration(packet);
      case 0x4A -> getEventStatus(packet);
      case 0x51 -> readDiscInformation(packet);
      case 0x5A -> modeSense(packet);
      case 0xBB -> {} // SET CD SPEED: it has one
      case 0xBD -> reply(new byte[] {0, 0, 0, 0, 0, 1, 0, 0}, (int) word(packet, 8, 2));
      default -> sense(ILLEGAL, OPCODE);
    }
  }

  private void sense(int newKey, int newCode) {
    key = newKey;
    code = newCode;
  }

  private static long word(byte[] bytes, int offset, int length) {
    long value = 0;
    for (int i = 0; i < length; i++) {
      value = value << 8 | bytes[offset + i] & 0xFF;
    }
    return value;
  }

  private static void put(byte[] bytes, int offset, int length, long value) {
    for (int i = 0; i < length; i++) {
      bytes[offset + i] = (byte) (value >> 8 * (length - 1 - i));
    }
  }

  private boolean ready() {
    if (!present()) {
      sense(NOT_READY, NO_DISC);
    }
    return present();
  }

  private void reply(byte[] bytes, int allocated) {
    reply = Arrays.copyOf(bytes, Math.min(bytes.length, allocated));
  }

  private void requestSense(int allocated) {
    byte[] bytes = new byte[18];
    bytes[0] = 0x70;
    bytes[2] = (byte) key;
    bytes[7] = 10;
    put(bytes, 12, 2, code);
    sense(0, 0);
    reply(bytes, allocated);
  }

  private void inquiry(byte[] packet) {
    if ((packet[1] & 3) != 0 || packet[2] != 0) {
      sense(ILLEGAL, FIELD);
      return;
    }
    byte[] bytes = new byte[36];
    bytes[0] = 5;
    bytes[1] = (byte) 0x80;
    bytes[3] = 0x21;
    bytes[4] = 31;
    text(bytes, 8, "DEJAVM  ");
    text(bytes, 16, "CD-ROM          ");
    text(bytes, 32, "1.0 ");
    reply(bytes, (int) word(packet, 3, 2));
  }

  private static void text(byte[] bytes, int offset, String text) {
    byte[] characters = text.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(characters, 0, bytes, offset, characters.length);
  }

  private void startStop(int what) {
    if ((what & 2) == 0) {
      return; // the motor has no state that shows
    }
    boolean opening = (what & 1) == 0;
    if (opening && locked) {
      sense(ILLEGAL, LOCKED);
    } else if (opening != open) {
      open = opening;
      event = disc < 0 ? event : open ? EVENT_REMOVED : EVENT_NEW;
      attention = disc < 0 || open ? 0 : WAS_CHANGED;
    }
  }

  private void readCapacity() {
    if (ready()) {
      byte[] bytes = new byte[8];
      put(bytes, 0, 4, blocks() - 1);
      put(bytes, 4, 4, BLOCK);
      reply(bytes, bytes.length);
    }
  }

  private void read(long first, int count) {
    if (!ready()) {
      return;
    }
    if (first + count > blocks()) {
      sense(ILLEGAL, RANGE);
      return;
    }
    block = first;
    left = count;
  }

  /** Only what READ gives as well: user data of sectors in mode 1. */
  private void readCd(byte[] packet) {
    int type = packet[1] >> 2 & 7;
    int wanted = packet[9] & 0xF8;
    if (type != 0 && type != 2 || wanted != 0x10 && wanted != 0) {
      sense(ILLEGAL, FIELD);
    } else {
      read(word(packet, 2, 4), wanted == 0 ? 0 : (int) word(packet, 6, 3));
    }
  }

  /** One track of data in one session, in both formats that drivers ask for. */
  private void readToc(byte[] packet) {
    if (!ready()) {
      return;
    }
    boolean minutes = (packet[1] & 2) != 0;
    int format = packet[2] & 0xF;
    if (format == 0) {
      format = packet[9] >> 6 & 3;
    }
    int first = packet[6] & 0xFF;
    int allocated = (int) word(packet, 7, 2);
    if (format == 1) {
      byte[] bytes = new byte[12];
      head(bytes);
      track(bytes, 4, 1, 0, minutes);
      reply(bytes, allocated);
    } else if (format == 0 && (first <= 1 || first == 0xAA)) {
      byte[] bytes = new byte[first <= 1 ? 20 : 12];
      head(bytes);
      if (first <= 1) {
        track(bytes, 4, 1, 0, minutes);
      }
      track(bytes, bytes.length - 8, 0xAA, blocks(), minutes);
      reply(bytes, allocated);
    } else {
      sense(ILLEGAL, FIELD);
    }
  }

  private static void head(byte[] bytes) {
    put(bytes, 0, 2, bytes.length - 2);
    bytes[2] = 1;
    bytes[3] = 1;
  }

  private static void track(byte[] bytes, int at, int number, long address, boolean minutes) {
    bytes[at + 1] = 0x14;
    bytes[at + 2] = (byte) number;
    if (minutes) {
      long frames = address + 150;
      bytes[at + 5] = (byte) (frames / 75 / 60);
      bytes[at + 6] = (byte) (frames / 75 % 60);
      bytes[at + 7] = (byte) (frames % 75);
    } else {
      put(bytes, at + 4, 4, address);
    }
  }

  /** The profile of a CD-ROM drive, and the features that it is made of. */
  private void getConfiguration(byte[] packet) {
    byte[][] features = {
      {0, 0, 3, 4, 0, 8, present() ? (byte) 1 : 0, 0}, // profiles
      {0, 1, 0x0B, 8, 0, 0, 0, 2, 1, 0, 0, 0}, // core: ATAPI
      {0, 3, 0x0B, 4, 0x29, 0, 0, 0}, // removable: a tray with a lock
      {0, 0x10, 0, 8, 0, 0, 8, 0, 0, 1, 0, 0}, // random reading
      {0, 0x1E, 0x0B, 4, 0, 0, 0, 0} // CD
    };
    int how = packet[1] & 3;
    int first = (int) word(packet, 2, 2);
    byte[] bytes = new byte[256];
    int length = 8;
    for (byte[] feature : features) {
      int number = (int) word(feature, 0, 2);
      boolean current = (feature[2] & 1) != 0 || present();
      boolean wanted = how == 2 ? number == first : number >= first && (how == 0 || current);
      if (wanted) {
        System.arraycopy(feature, 0, bytes, length, feature.length);
        bytes[length + 2] |= (byte) (current ? 1 : 0);
        length += feature.length;
      }
    }
    put(bytes, 0, 4, length - 4);
    put(bytes, 6, 2, present() ? 8 : 0);
    reply(Arrays.copyOf(bytes, length), (int) word(packet, 7, 2));
  }

  private void getEventStatus(byte[] packet) {
    if ((packet[1] & 1) == 0) {
      sense(ILLEGAL, FIELD); // it does not wait for events
      return;
    }
    boolean asked = (packet[4] & 0x10) != 0;
    byte[] bytes = new byte[asked ? 8 : 4];
    put(bytes, 0, 2, bytes.length - 2);
    bytes[2] = (byte) (asked ? 4 : 0x80);
    bytes[3] = 0x10;
    if (asked) {
      bytes[4] = (byte) event;
      bytes[5] = (byte) ((open ? 1 : 0) | (present() ? 2 : 0));
      event = 0;
    }
    reply(bytes, (int) word(packet, 7, 2));
  }

  private void readDiscInformation(byte[] packet) {
    if (ready()) {
      byte[] bytes = new byte[34];
      put(bytes, 0, 2, bytes.length - 2);
      bytes[2] = 0x0E; // complete, and so is its last session
      bytes[3] = 1;
      bytes[4] = 1;
      bytes[5] = 1;
      bytes[6] = 1;
      bytes[7] = 0x20; // of unrestricted use
      reply(bytes, (int) word(packet, 7, 2));
    }
  }

  /** Pages 01 (error recovery), 0E (audio) and 2A (capabilities), or all of them with 3F. */
  private void modeSense(byte[] packet) {
    byte[][] pages = {
      {0x01, 6, 0, 5, 0, 0, 0, 0},
      {0x0E, 14, 4, 0, 0, 0, 0, 75, 1, 0, 2, 0, 0, 0, 0, 0},
      capabilities()
    };
    int wanted = packet[2] & 0x3F;
    if ((packet[2] & 0xC0) == 0xC0) {
      sense(ILLEGAL, 0x3900); // saved values: there are none
      return;
    }
    byte[] bytes = new byte[64];
    int length = 8;
    for (byte[] one : pages) {
      if (wanted == 0x3F || wanted == one[0]) {
        System.arraycopy(one, 0, bytes, length, one.length);
        length += one.length;
      }
    }
    if (length == 8) {
      sense(ILLEGAL, FIELD);
      return;
    }
    put(bytes, 0, 2, length - 2);
    bytes[2] = (byte) (open ? 0x71 : present() ? 0x01 : 0x70);
    reply(Arrays.copyOf(bytes, length), (int) word(packet, 7, 2));
  }

  private byte[] capabilities() {
    byte[] bytes = new byte[22];
    bytes[0] = 0x2A;
    bytes[1] = 20;
    bytes[6] = (byte) (0x29 | (locked ? 2 : 0)); // a tray that can be locked, and opens by itself
    put(bytes, 8, 2, 5645); // KB/s
    put(bytes, 12, 2, 128); // KB of buffer
    put(bytes, 14, 2, 5645);
    return bytes;
  }

  // ---- data ----

  /**
   * Puts the next data of the command into a buffer.
   *
   * @return how many bytes; 0 where there are no more
   */
  int fetch(byte[] into) {
    fetched = 0;
    if (left > 0) {
      fetched = Math.min(left, MOST);
      for (int i = 0; i < fetched; i++) {
        readBlock(block + i, into, i * BLOCK);
      }
      block += fetched;
      left -= fetched;
      return fetched * BLOCK;
    }
    int length = reply.length;
    System.arraycopy(reply, 0, into, 0, length);
    reply = new byte[0];
    return length;
  }

  private void readBlock(long number, byte[] into, int offset) {
    long sector = number * SECTORS;
    media.get(disc).readPage((int) (sector / Disk.PER_PAGE), page);
    int inPage = (int) (sector % Disk.PER_PAGE) * Disk.SECTOR;
    System.arraycopy(page, inPage, into, offset, BLOCK);
  }

  /** Whether what was fetched last cannot be read; the sense data then says so. */
  boolean faulty() {
    for (int i = 1; i <= fetched; i++) {
      if (faults.contains(faultKey((block - i) * SECTORS))) {
        sense(MEDIUM_ERROR, UNRECOVERED);
        left = 0;
        return true;
      }
    }
    return false;
  }

  @Override
  public State state() {
    return new State(
        key,
        code,
        attention,
        event,
        open,
        locked,
        disc,
        reply.clone(),
        block,
        left,
        fetched,
        faults.stream().mapToLong(Long::longValue).toArray());
  }

  @Override
  public void restore(State state) {
    key = state.key;
    code = state.code;
    attention = state.attention;
    event = state.event;
    open = state.open;
    locked = state.locked;
    disc = state.disc;
    reply = state.reply.clone();
    block = state.block;
    left = state.left;
    fetched = state.fetched;
    faults.clear();
    for (long fault : state.faults) {
      faults.add(fault);
    }
  }
}
