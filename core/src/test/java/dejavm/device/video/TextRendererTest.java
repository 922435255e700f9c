package dejavm.device.video;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TextRendererTest {
  private static final int BLACK = 0x000000;
  private static final int GREY = 0xAAAAAA;
  private static final int BLUE = 0x0000AA;
  private static final int YELLOW = 0xFFFF55;

  private final VideoBench bench = new VideoBench();

  @BeforeEach
  void hideTheCursor() {
    bench.cursor(false);
  }

  /** Which points of a line have a colour: the left one is the first character. */
  private static String points(Picture picture, int x, int y, int count, int colour) {
    StringBuilder points = new StringBuilder();
    for (int i = 0; i < count; i++) {
      points.append(picture.at(x + i, y) == colour ? '#' : '.');
    }
    return points.toString();
  }

  @Test
  void mode3IsOf720By400Points() {
    Picture picture = bench.picture();
    assertThat(picture.width()).isEqualTo(720);
    assertThat(picture.height()).isEqualTo(400);
    assertThat(picture.rgb()).containsOnly(BLACK);
  }

  @Test
  void charactersOfTheBuiltInFontInTheirColours() {
    bench.cell(2, 1, 'L', 0x1E);
    Picture picture = bench.picture();
    assertThat(points(picture, 18, 16 + 3, 9, YELLOW)).isEqualTo(".#.......");
    assertThat(points(picture, 18, 16 + 11, 9, YELLOW)).isEqualTo(".######..");
    assertThat(points(picture, 18, 16 + 3, 9, BLUE)).isEqualTo("#.#######");
    assertThat(points(picture, 18, 16, 9, BLUE)).as("nothing above").isEqualTo("#########");
    assertThat(picture.at(17, 20)).isEqualTo(BLACK);
    assertThat(picture.at(27, 20)).isEqualTo(BLACK);
  }

  @Test
  void theCursorTakesTheWholeWidth() {
    bench.cursor(true);
    bench.crtc(0x0F, 81);
    Picture picture = bench.picture();
    for (int line = 0; line < 16; line++) {
      boolean within = line == 13 || line == 14;
      assertThat(points(picture, 8, 16 + line, 11, GREY))
          .isEqualTo(within ? ".#########." : "...........");
    }
    bench.crtc(0x0A, 0x0F);
    assertThat(bench.picture().rgb()).as("ends before it starts").containsOnly(BLACK);
  }

  @Test
  void lineGraphicsGoOnIntoTheNinthColumn() {
    bench.cell(0, 0, 0xC4, 0x07);
    bench.cell(1, 0, 0xDB, 0x07);
    bench.cell(2, 0, 0xB0 + 1, 0x07);
    assertThat(points(bench.picture(), 0, 7, 18, GREY)).isEqualTo("##################");
    assertThat(points(bench.picture(), 18, 7, 9, GREY)).isEqualTo(".#.#.#.#.");
    bench.attribute(0x10, 0x08);
    assertThat(points(bench.picture(), 0, 7, 18, GREY)).isEqualTo("########.########.");
  }

  @Test
  void eightPointsAreEight() {
    bench.sequencer(1, 0x01);
    bench.cell(1, 0, 0xDB, 0x07);
    Picture picture = bench.picture();
    assertThat(picture.width()).isEqualTo(640);
    assertThat(points(picture, 0, 5, 18, GREY)).isEqualTo("........########..");
  }

  @Test
  void bit7BlinksOrBrightens() {
    bench.cell(0, 0, ' ', 0x90);
    assertThat(bench.picture().at(0, 0)).isEqualTo(BLUE);
    bench.attribute(0x10, 0x04);
    assertThat(bench.picture().at(0, 0)).isEqualTo(0x5555FF);
  }

  @Test
  void shapesFromPlane2() {
    bench.cell(0, 0, 'A', 0x07);
    bench.cell(1, 0, 'B', 0x07);
    bench.glyph(0, 'A', 0, 0xA5);
    bench.glyph(0, 'A', 15, 0x81);
    Picture picture = bench.picture();
    assertThat(points(picture, 0, 0, 9, GREY)).isEqualTo("#.#..#.#.");
    assertThat(points(picture, 0, 15, 9, GREY)).isEqualTo("#......#.");
    assertThat(points(picture, 9, 3, 9, GREY)).as("not from ours").isEqualTo(".........");
  }

  @Test
  void bit3ChoosesOneOfTwoMaps() {
    int[] offsets = {0, 0x4000, 0x8000, 0xC000, 0x2000, 0x6000, 0xA000, 0xE000};
    for (int map = 0; map < 8; map++) {
      bench.glyph(offsets[map], 'A', 0, 0x80 >> map);
    }
    bench.cell(0, 0, 'A', 0x07);
    bench.cell(1, 0, 'A', 0x0F);
    bench.sequencer(3, 0b10_11_01);
    Picture picture = bench.picture();
    assertThat(points(picture, 0, 0, 9, GREY)).as("map 1").isEqualTo(".#.......");
    assertThat(points(picture, 9, 0, 9, 0xFFFFFF)).as("map 7").isEqualTo(".......#.");
    bench.sequencer(3, 0b01_10_10);
    picture = bench.picture();
    assertThat(points(picture, 0, 0, 9, GREY)).as("map 6").isEqualTo("......#..");
    assertThat(points(picture, 9, 0, 9, 0xFFFFFF)).as("map 2").isEqualTo("..#......");
  }

  @Test
  void lowerCharactersAreMoreRows() {
    bench.crtc(9, 0x47);
    bench.cell(0, 1, 0xDC, 0x07);
    Picture picture = bench.picture();
    assertThat(picture.height()).isEqualTo(400);
    assertThat(points(picture, 0, 11, 2, GREY)).isEqualTo("..");
    assertThat(points(picture, 0, 12, 2, GREY)).isEqualTo("##");
    assertThat(points(picture, 0, 16, 2, GREY)).isEqualTo("..");
  }

  @Test
  void startAddressPresetLineAndLineCompare() {
    bench.cell(0, 0, 0xDC, 0x07);
    bench.cell(0, 2, 0xDB, 0x07);
    bench.crtc(0x0D, 80);
    bench.crtc(8, 4);
    Picture picture = bench.picture();
    assertThat(picture.at(0, 11)).isEqualTo(BLACK);
    assertThat(picture.at(0, 12)).isEqualTo(GREY);
    assertThat(picture.at(0, 28)).isEqualTo(BLACK);
    bench.crtc(0x11, 0x0E);
    bench.crtc(7, 0x0F);
    bench.crtc(9, 0x0F);
    bench.crtc(0x18, 99);
    picture = bench.picture();
    assertThat(picture.at(0, 12)).isEqualTo(GREY);
    assertThat(picture.at(0, 107)).as("the first row again").isEqualTo(BLACK);
    assertThat(picture.at(0, 108)).isEqualTo(GREY);
    assertThat(picture.at(0, 116)).isEqualTo(BLACK);
  }

  @Test
  void panningMovesByPoints() {
    bench.cell(1, 0, 0xDB, 0x07);
    bench.attribute(0x13, 0);
    assertThat(points(bench.picture(), 0, 0, 20, GREY)).isEqualTo("........#########...");
    bench.attribute(0x13, 7);
    assertThat(points(bench.picture(), 0, 0, 20, GREY)).isEqualTo(".#########..........");
  }

  @Test
  void coloursGoThroughBothPalettes() {
    bench.cell(0, 0, 0xDB, 0x02);
    bench.vga.ports().read(0x3DA - 0x3B0, 1);
    bench.out(0x3C0, 0x02);
    bench.out(0x3C0, 0x15);
    bench.out(0x3C0, 0x20);
    bench.colour(0x15, 1, 32, 63);
    assertThat(bench.picture().at(0, 0)).isEqualTo(0x0482FF);
    bench.colour(0xE5, 63, 0, 0);
    bench.attribute(0x14, 0x0E);
    bench.mode(0x8C);
    assertThat(bench.picture().at(0, 0)).as("the upper half by its selection").isEqualTo(0xFF0000);
    bench.out(0x3C6, 0x1F);
    bench.colour(0x05, 0, 63, 0);
    assertThat(bench.picture().at(0, 0)).as("masked").isEqualTo(0x00FF00);
  }

  @Test
  void underlinesWhereTheLineIsInTheCharacter() {
    bench.cell(0, 0, ' ', 0x01);
    bench.crtc(0x14, 12);
    assertThat(points(bench.picture(), 0, 12, 10, BLUE)).isEqualTo("#########.");
  }

  @Test
  void blackWhileItIsOff() {
    bench.cell(0, 0, 0xDB, 0x07);
    assertThat(bench.picture().rgb()).contains(GREY);
    bench.sequencer(1, 0x20);
    assertThat(bench.picture().rgb()).containsOnly(BLACK).hasSize(720 * 400);
    bench.sequencer(1, 0x00);
    bench.crtc(0x17, 0x23);
    assertThat(bench.picture().rgb()).containsOnly(BLACK);
    bench.crtc(0x17, 0xA3);
    assertThat(bench.picture().rgb()).contains(GREY);
    bench.vga.ports().read(0x3DA - 0x3B0, 1);
    bench.out(0x3C0, 0x00);
    assertThat(bench.picture().rgb()).as("its palette is being written").containsOnly(BLACK);
  }
}
