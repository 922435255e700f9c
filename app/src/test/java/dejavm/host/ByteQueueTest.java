package dejavm.host;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ByteQueueTest {
  @Test
  void isFirstInFirstOut() throws InterruptedException {
    ByteQueue queue = new ByteQueue();
    queue.put(new byte[] {1, 2, 3, 9}, 3);
    assertThat(queue.take(2)).containsExactly(1, 2);
    queue.end();
    assertThat(queue.ended()).isTrue();
    assertThat(queue.isEmpty()).isFalse();
    assertThat(queue.take(9)).containsExactly(3);
    assertThat(queue.take(9)).isEmpty();
  }

  @Test
  void letsTheReaderWaitForRoom() throws InterruptedException {
    ByteQueue queue = new ByteQueue();
    byte[] much = new byte[200_000];
    for (int i = 0; i < much.length; i++) {
      much[i] = (byte) (i * 31 >> 4);
    }
    Thread reader =
        Thread.ofPlatform()
            .start(() -> {
              try {
                queue.put(much, much.length);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    byte[] got = new byte[much.length];
    for (int done = 0; done < got.length; ) {
      byte[] part = queue.take(1000);
      System.arraycopy(part, 0, got, done, part.length);
      done += part.length;
    }
    reader.join();
    assertThat(got).isEqualTo(much);
  }
}
