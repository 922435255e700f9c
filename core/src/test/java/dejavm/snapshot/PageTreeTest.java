package dejavm.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dejavm.bus.Paged;
import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PageTreeTest {
  private static void scribble(FakePages pages, Random random, int times) {
    for (int i = 0; i < times; i++) {
      int page = random.nextInt(pages.pages());
      pages.bytes[page][random.nextInt(Paged.PAGE)] = (byte) random.nextInt();
      pages.dirty.set(page);
    }
  }

  @Test
  void theRootIsAFunctionOfTheBytesAlone() {
    for (int count : new int[] {1, 2, 15, 16, 17, 255, 256, 257, 700}) {
      Random random = new Random(count);
      FakePages pages = new FakePages(count);
      scribble(pages, random, 10);
      PageTree tree = PageTree.blank(pages);
      for (int round = 0; round < 10; round++) {
        scribble(pages, random, random.nextInt(20));
        long root = tree.update();
        assertThat(PageTree.of(pages).root()).isEqualTo(root);
        assertThat(tree.root()).isEqualTo(root);
      }
    }
  }

  @Test
  void anUpdateReadsOnlyWhatWasWritten() {
    FakePages pages = new FakePages(1000);
    PageTree tree = PageTree.of(pages);
    pages.reads = 0;
    pages.bytes[5][0] = 1;
    pages.dirty.set(5);
    pages.dirty.set(999);
    long before = tree.root();
    assertThat(tree.update()).isNotEqualTo(before);
    assertThat(pages.reads).isEqualTo(2);
    assertThat(pages.dirty.isEmpty()).isTrue();
  }

  @Test
  void movingBytesToAnotherPageShows() {
    FakePages a = new FakePages(40);
    FakePages b = new FakePages(40);
    a.bytes[3][7] = 1;
    b.bytes[20][7] = 1;
    PageTree one = PageTree.of(a);
    PageTree other = PageTree.of(b);
    assertThat(one.root()).isNotEqualTo(other.root());
    assertThat(one.firstDifference(other)).isEqualTo(3);
    assertThat(one.leaf(0)).isEqualTo(other.leaf(0));
    assertThat(one.firstDifference(PageTree.of(a))).isEqualTo(-1);
  }

  @Test
  void tracksGatherWhatWasWrittenUntilTheyAreCleared() {
    FakePages pages = new FakePages(40);
    PageTree tree = PageTree.of(pages);
    BitSet first = tree.track();
    BitSet second = tree.track();
    pages.dirty.set(3);
    tree.update();
    first.clear();
    pages.dirty.set(9);
    tree.update();
    assertThat(first).hasToString("{9}");
    assertThat(second).hasToString("{3, 9}");
  }

  @Test
  void noPagesHaveARootToo() {
    assertThat(PageTree.of(new FakePages(0)).update()).isZero();
  }
}
