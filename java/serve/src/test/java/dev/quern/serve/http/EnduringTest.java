package dev.quern.serve.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;

class EnduringTest {
  @Test
  void nothingThatIsThrownEndsIt() {
    Iterator<Throwable> thrown =
        List.of(
                new OutOfMemoryError("Java heap space"),
                new StackOverflowError(),
                new NoClassDefFoundError("Late"),
                new IllegalStateException("odd"))
            .iterator();
    int[] turns = {0};
    Enduring.run(
        () -> {
          turns[0]++;
          if (thrown.hasNext()) {
            throw EnduringTest.<RuntimeException>any(thrown.next());
          }
        });
    assertThat(turns[0]).isEqualTo(5);
  }

  /** An interrupt is the loop's: it asks whether it is to end. */
  @Test
  void anInterruptDoesNotEndIt() {
    int[] turns = {0};
    Enduring.run(
        () -> {
          if (++turns[0] < 3) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("again");
          }
        });
    assertThat(turns[0]).isEqualTo(3);
    assertThat(Thread.interrupted()).isFalse();
  }

  @SuppressWarnings("unchecked")
  private static <E extends Throwable> E any(Throwable e) throws E {
    throw (E) e;
  }
}
