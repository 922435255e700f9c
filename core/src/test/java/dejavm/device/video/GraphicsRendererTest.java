package dejavm.device.video;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GraphicsRendererTest {
  private static final int[] SIXTEEN = {
    0x000000, 0x0000AA, 0x00AA00, 0x00AAAA, 0xAA0000, 0xAA00AA, 0xAA5500, 0xAAAAAA,
    0x555555, 0x5555FF, 0x55FF55, 0x55FFFF, 0xFF5555, 0xFF55FF, 0xFFFF55, 0xFFFFFF
  };

  private final VideoBench bench = new VideoBench();

  /** What {@link VideoBench#mode13} sets colours to. */
  private static int colour(int index) {
    return eight(index >> 2) << 16 | eight(63 - (index >> 2)) << 8 | eight(index & 63);
  }

  private static int eight(int six) {
    return six << 2 | six >> 4;
  }

  private static int pattern(int x, int y) {
    return x * 3 + y * 7 & 0xFF;
  }

  private static void assertSize(Picture picture, int width, int height) {
    assertThat(picture.width()).isEqualTo(width);
    assertThat(picture.height()).isEqualTo(height);
  }

  private void assertPattern(int below) {
    Picture picture = bench.picture();
    assertSize(picture, 320, 200);
    for (int y = 0; y < 200; y++) {
      for (int x = 0; x < 320; x++) {
        assertThat(picture.at(x, y)).isEqualTo(colour(pattern(x, y + below)));
      }
    }
  }

  @Test
  void mode13hHasAByteAPoint() {
    bench.mode13(true);
    for (int i = 0; i < 64000; i++) {
      bench.write(i, pattern(i % 320, i / 320));
    }
    assertPattern(0);
  }

  @Test
  void modeXHasItsPointsInFourPlanes() {
    bench.mode13(false);
    for (int plane = 0; plane < 4; plane++) {
      bench.sequencer(2, 1 << plane);
      for (int i = 0; i < 210 * 80; i++) {
        bench.write(i, pattern(i % 80 * 4 + plane, i / 80));
      }
    }
    assertPattern(0);
    bench.crtc(0x0C, 800 >> 8);
    bench.crtc(0x0D, 800 & 0xFF);
    assertPattern(10);
  }

  @Test
  void panningOf256ColoursIsByHalves() {
    bench.mode13(true);
    for (int i = 0; i < 324; i++) {
      bench.write(i, i & 0xFF);
    }
    bench.attribute(0x13, 6);
    Picture picture = bench.picture();
    assertThat(picture.at(0, 0)).isEqualTo(colour(3));
    assertThat(picture.at(200, 0)).isEqualTo(colour(203));
  }

  @ParameterizedTest
  @CsvSource({"40, 200, true", "80, 350, false", "80, 480, false"})
  void sixteenColoursHaveABitInEachPlane(int columns, int lines, boolean doubled) {
    bench.planar(columns, lines, doubled);
    for (int y = 0; y < lines; y++) {
      // a column of characters for each colour, one more on every line
      for (int x = 0; x < columns; x++) {
        int colour = x + y & 0xF;
        for (int plane = 0; plane < 4; plane++) {
          bench.vga.ram().put(y * columns + x << 2 | plane, (colour >> plane & 1) * 0xFF);
        }
      }
    }
    Picture picture = bench.picture();
    assertSize(picture, columns * 8, lines);
    for (int y = 0; y < lines; y++) {
      for (int x = 0; x < columns * 8; x++) {
        assertThat(picture.at(x, y)).isEqualTo(SIXTEEN[x / 8 + y & 0xF]);
      }
    }
  }

  @Test
  void theHighestBitIsOnTheLeft() {
    bench.planar(80, 480, false);
    bench.sequencer(2, 0x04);
    bench.write(1, 0x91);
    Picture picture = bench.picture();
    for (int x = 0; x < 24; x++) {
      boolean set = x == 8 || x == 11 || x == 15;
      assertThat(picture.at(x, 0)).isEqualTo(SIXTEEN[set ? 4 : 0]);
    }
    bench.attribute(0x13, 3);
    assertThat(bench.picture().at(5, 0)).as("panned").isEqualTo(SIXTEEN[4]);
    bench.attribute(0x12, 0x0B);
    assertThat(bench.picture().rgb()).as("its plane is off").containsOnly(0);
  }

  @Test
  void belowTheLineCompareIsMemoryFromItsStart() {
    bench.planar(80, 350, false);
    bench.write(0, 0x80);
    bench.crtc(0x0C, 0x80);
    bench.crtc(7, 0x02);
    bench.crtc(9, 0x00);
    bench.crtc(0x18, 200);
    bench.attribute(0x13, 1);
    Picture picture = bench.picture();
    assertThat(picture.at(0, 0)).isEqualTo(0);
    assertThat(picture.at(0, 201)).isEqualTo(0);
    bench.attribute(0x10, 0x21);
    picture = bench.picture();
    assertThat(picture.at(0, 200)).isEqualTo(0);
    assertThat(picture.at(0, 201)).as("not panned").isEqualTo(0xFFFFFF);
  }

  @Test
  void mode4HasTwoBitsAPointAndOddLinesBehind() {
    bench.mode4();
    bench.write(0x18000, 0x1B);
    bench.write(0x18001, 0xE4);
    bench.write(0x18000 + 80, 0x40);
    bench.write(0x1A000, 0xC0);
    Picture picture = bench.picture();
    assertSize(picture, 320, 200);
    int[] expected = {0, 1, 2, 3, 3, 2, 1, 0};
    for (int x = 0; x < 8; x++) {
      assertThat(picture.at(x, 0)).isEqualTo(SIXTEEN[expected[x]]);
    }
    assertThat(picture.at(8, 0)).isEqualTo(0);
    assertThat(picture.at(0, 1)).isEqualTo(SIXTEEN[3]);
    assertThat(picture.at(0, 2)).isEqualTo(SIXTEEN[1]);
    assertThat(picture.at(0, 3)).isEqualTo(0);
  }

  @Test
  void blackWhileItIsOff() {
    bench.mode13(true);
    bench.sequencer(1, 0x21);
    assertThat(bench.picture().rgb()).containsOnly(0).hasSize(64000);
  }

  @Test
  void anyRegistersGiveAPicture() {
    for (int value : new int[] {0x00, 0x55, 0xAA, 0xFF}) {
      bench.crtc(0x11, 0);
      for (int index = 0; index <= 0x18; index++) {
        bench.crtc(index, value);
      }
      for (int miscellaneous = 0; miscellaneous < 2; miscellaneous++) {
        bench.graphics(6, miscellaneous);
        for (int mode = 0; mode < 0x80; mode += 0x20) {
          bench.graphics(5, mode);
          Picture picture = bench.picture();
          assertThat(picture.rgb()).hasSize(picture.width() * picture.height());
        }
      }
    }
  }
}
