package dev.quern.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.quern.error.InvalidArgumentException;
import java.util.List;
import org.junit.jupiter.api.Test;

class DatasetTest {
  private static Dataset of(byte[] pixels, int... labels) {
    return new Dataset("d", 2, 1, 2, List.of("a", "b"), pixels, labels);
  }

  @Test
  void refusesSizesAndLabelsThatDisagree() {
    assertThatThrownBy(() -> of(new byte[7], 0, 1))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("data set d: 7 bytes are not 2 images of 2x1x2");
    assertThatThrownBy(() -> of(new byte[8], 0, 2))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("data set d: label 2 of image 1 is not below 2");
    assertThatThrownBy(() -> of(new byte[8], 0, 1).slice(1, 3))
        .isInstanceOf(InvalidArgumentException.class);
  }

  @Test
  void refusesImagesThatAreNotThere() {
    Dataset d = of(new byte[8], 0, 1);
    assertThatThrownBy(() -> d.label(-1))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("data set d: image -1 is outside [0, 2)");
    assertThatThrownBy(() -> d.image(2)).isInstanceOf(InvalidArgumentException.class);
    assertThat(d.image(1)).hasSize(4);
  }

  @Test
  void normalizesByChannel() {
    Normalization n =
        of(new byte[] {0, (byte) 255, 51, 51, 0, (byte) 255, 51, 51}, 0, 1).normalization();
    assertThat(n.mean()[0]).isEqualTo(0.5f, within(1e-6f));
    assertThat(n.std()[0]).isEqualTo(0.5f, within(1e-6f));
    assertThat(n.mean()[1]).isEqualTo(0.2f, within(1e-6f));
    assertThat(n.std()[1]).isEqualTo(1e-3f); // a constant channel is not divided by 0
  }

  @Test
  void normalizationRefusesWhatIsNotANumber() {
    assertThatThrownBy(() -> new Normalization(new float[] {Float.NaN}, new float[] {1}))
        .isInstanceOf(InvalidArgumentException.class);
    assertThatThrownBy(() -> new Normalization(new float[] {0}, new float[] {0}))
        .isInstanceOf(InvalidArgumentException.class);
    assertThatThrownBy(() -> new Normalization(new float[] {0}, new float[] {1, 1}))
        .isInstanceOf(InvalidArgumentException.class);
  }
}
