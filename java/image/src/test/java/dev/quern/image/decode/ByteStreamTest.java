package dev.quern.image.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.data.ImageLimits;
import dev.quern.data.ImageReading;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** A file's bytes as readers of ImageIO ask for them. */
class ByteStreamTest {
  @Test
  void nothingIsReadBehindTheEnd() throws IOException {
    ByteStream in =
        new ByteStream(
            new byte[] {1, 2, 3}, new Watch(ImageReading.within(ImageLimits.standard()), 1 << 30));
    assertThat(in.length()).isEqualTo(3);
    byte[] to = new byte[4];
    assertThat(in.read(to, 1, 3)).isEqualTo(3);
    assertThat(to).containsExactly(0, 1, 2, 3);
    assertThat(in.read(to, 0, 0)).isZero();
    in.seek(8);
    assertThat(in.read(to, 0, 0)).isZero();
    assertThat(in.read(to, 0, 1)).isEqualTo(-1);
    assertThat(in.read()).isEqualTo(-1);
  }

  @Test
  void aReaderThatGoesOnIsStopped() {
    ByteStream in =
        new ByteStream(
            new byte[0], new Watch(ImageReading.within(ImageLimits.standard()), 1 << 30));
    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 10_000; i++) {
                in.read();
              }
            })
        .isInstanceOf(IOException.class)
        .hasMessage("data is missing");
  }
}
