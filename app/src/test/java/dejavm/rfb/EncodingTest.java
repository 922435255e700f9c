package dejavm.rfb;

import static org.assertj.core.api.Assertions.assertThat;

import dejavm.device.video.Picture;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is encoded is what a viewer sees, in every format. */
class EncodingTest {
  private static final int[] EIGHT = {255, 255, 255};

  private static final List<Decoder.Format> FORMATS =
      List.of(
          new Decoder.Format(32, 24, false, true, EIGHT, new int[] {16, 8, 0}),
          new Decoder.Format(32, 24, true, true, EIGHT, new int[] {16, 8, 0}),
          new Decoder.Format(32, 24, false, true, EIGHT, new int[] {0, 8, 16}),
          new Decoder.Format(32, 24, false, true, EIGHT, new int[] {24, 16, 8}),
          new Decoder.Format(32, 24, true, true, EIGHT, new int[] {24, 16, 8}),
          new Decoder.Format(32, 24, false, true, EIGHT, new int[] {24, 8, 0}),
          new Decoder.Format(32, 32, true, true, EIGHT, new int[] {16, 8, 0}),
          new Decoder.Format(
              32, 30, false, true, new int[] {1023, 1023, 1023}, new int[] {20, 10, 0}),
          new Decoder.Format(16, 16, false, true, new int[] {31, 63, 31}, new int[] {11, 5, 0}),
          new Decoder.Format(16, 15, true, true, new int[] {31, 31, 31}, new int[] {10, 5, 0}),
          new Decoder.Format(8, 8, false, true, new int[] {7, 7, 3}, new int[] {0, 3, 6}),
          new Decoder.Format(8, 6, false, true, new int[] {3, 3, 3}, new int[] {4, 2, 0}));

  /** The format as the server reads it. */
  static byte[] sent(Decoder.Format format) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeByte(format.bits());
    out.writeByte(format.depth());
    out.writeBoolean(format.bigEndian());
    out.writeBoolean(format.trueColour());
    for (int most : format.most()) {
      out.writeShort(most);
    }
    for (int shift : format.shift()) {
      out.writeByte(shift);
    }
    out.write(new byte[3]);
    return bytes.toByteArray();
  }

  private static PixelFormat read(Decoder.Format format) throws IOException {
    return PixelFormat.read(new DataInputStream(new ByteArrayInputStream(sent(format))));
  }

  @Test
  void viewersSeeWhatWasThere() throws IOException {
    Random random = new Random(1);
    for (Decoder.Format format : FORMATS) {
      for (Encoding encoding :
          List.of(new RawEncoding(), new HextileEncoding(), new ZrleEncoding())) {
        Decoder decoder = new Decoder(format, 150, 140);
        for (int colours : new int[] {1, 2, 3, 4, 5, 8, 16, 17, 200, 5000}) {
          check(encoding, decoder, format, random, colours);
        }
        encoding.close();
      }
    }
  }

  private static void check(
      Encoding encoding, Decoder decoder, Decoder.Format format, Random random, int colours)
      throws IOException {
    Picture picture = Pictures.of(random, 150, 140, colours, random.nextBoolean());
    int x = random.nextInt(40);
    int y = random.nextInt(40);
    Rectangle part = new Rectangle(x, y, 1 + random.nextInt(150 - x), 1 + random.nextInt(140 - y));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    encoding.encode(picture, part, read(format), new DataOutputStream(bytes));
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes.toByteArray()));
    decoder.decode(encoding.number(), x, y, part.width(), part.height(), in);
    assertThat(in.available()).as("bytes left").isZero();
    for (int row = y; row < y + part.height(); row++) {
      for (int column = x; column < x + part.width(); column++) {
        assertThat(decoder.at(column, row))
            .as("encoding %d, %s, %d colours", encoding.number(), format, colours)
            .isEqualTo(format.point(picture.at(column, row)));
      }
    }
  }

  @Test
  void textTakesLittle() throws IOException {
    Picture text = Pictures.of(new Random(2), 720, 400, 2, false);
    int raw = size(new RawEncoding(), text);
    assertThat(raw).isEqualTo(720 * 400 * 4);
    assertThat(size(new HextileEncoding(), text)).isLessThan(raw / 4);
    assertThat(size(new ZrleEncoding(), text)).isLessThan(raw / 20);
  }

  private static int size(Encoding encoding, Picture picture) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Rectangle all = new Rectangle(0, 0, picture.width(), picture.height());
    encoding.encode(picture, all, PixelFormat.NATIVE, new DataOutputStream(bytes));
    encoding.close();
    return bytes.size();
  }

  @Test
  void whatDiffersIsFoundAndNothingTwice() {
    Random random = new Random(3);
    Picture picture = Pictures.of(random, 150, 140, 5, false);
    Canvas canvas = new Canvas();
    canvas.resize(picture);
    int[] seen = new int[150 * 140];
    for (int round = 0; round < 300; round++) {
      Rectangle part =
          new Rectangle(random.nextInt(160), random.nextInt(150), 1 + random.nextInt(200), 77)
              .within(150, 140);
      int[] before = seen.clone();
      boolean[] sent = new boolean[seen.length];
      for (Rectangle r : canvas.update(picture, part)) {
        for (int y = r.y(); y < r.y() + r.height(); y++) {
          for (int x = r.x(); x < r.x() + r.width(); x++) {
            assertThat(sent[y * 150 + x]).as("sent twice").isFalse();
            sent[y * 150 + x] = true;
            seen[y * 150 + x] = picture.at(x, y);
          }
        }
      }
      for (int i = 0; i < seen.length; i++) {
        boolean inside =
            i % 150 >= part.x()
                && i % 150 < part.x() + part.width()
                && i / 150 >= part.y()
                && i / 150 < part.y() + part.height();
        assertThat(seen[i]).isEqualTo(inside ? picture.rgb()[i] : before[i]);
      }
      picture = Pictures.changed(random, picture);
    }
  }
}
