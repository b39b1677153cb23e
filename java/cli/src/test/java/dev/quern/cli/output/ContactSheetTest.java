package dev.quern.cli.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.data.Image;
import dev.quern.error.InvalidArgumentException;
import dev.quern.tensor.Shape;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class ContactSheetTest {
  @Test
  void smallPicturesAreEnlarged() {
    Image white = Image.of(Shape.of(1, 32, 32), filled(32 * 32, (byte) 7));
    Image sheet = ContactSheet.of(List.of(List.of(white, white)));
    assertThat(sheet.shape()).isEqualTo(Shape.of(1, 96 + 8, 2 * 96 + 12));
    assertThat(sheet.get(0, 3, 4)).isEqualTo(255);
    assertThat(sheet.get(0, 4, 4)).isEqualTo(7);
    assertThat(sheet.get(0, 99, 99)).isEqualTo(7);
    assertThat(sheet.get(0, 99, 100)).isEqualTo(255);
  }

  @Test
  void moreThanAnArrayHoldsIsRefused() {
    Image large = Image.of(Shape.of(1, 4000, 4000), filled(4000 * 4000, (byte) 0));
    List<Image> row = Collections.nCopies(12, large);
    assertThatThrownBy(() -> ContactSheet.of(Collections.nCopies(12, row)))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("144 images of 1x4000x4000 are too many");
  }

  private static byte[] filled(int length, byte with) {
    byte[] all = new byte[length];
    Arrays.fill(all, with);
    return all;
  }
}
