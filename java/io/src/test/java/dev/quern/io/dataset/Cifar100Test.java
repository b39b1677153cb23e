package dev.quern.io.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.data.Dataset;
import dev.quern.error.FormatException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.NotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Both layouts in small: two images a split. */
class Cifar100Test {
  @TempDir Path temp;

  @ParameterizedTest
  @EnumSource(Cifar100Layout.class)
  void readsBothSplitsWithEitherLabel(Cifar100Layout layout) throws IOException {
    Path folder = Cifar100Files.write(temp, layout);
    for (Split split : Split.values()) {
      Dataset fine = Cifar100.load(temp, split, Cifar100.Labels.FINE, 2);
      Dataset coarse = Cifar100.load(folder, split, Cifar100.Labels.COARSE, 2);
      assertThat(fine.name()).isEqualTo("cifar100");
      assertThat(fine.shape()).hasToString("3x32x32");
      assertThat(fine.classes()).isEqualTo(Cifar100Files.names("fine", 100));
      assertThat(coarse.name()).isEqualTo("cifar100-coarse");
      assertThat(coarse.classes()).isEqualTo(Cifar100Files.names("coarse", 20));
      for (int i = 0; i < 2; i++) {
        assertThat(fine.label(i)).isEqualTo(Cifar100Files.fine(split, i));
        assertThat(coarse.label(i)).isEqualTo(Cifar100Files.coarse(split, i));
        assertThat(fine.image(i)).isEqualTo(Cifar100Files.image(split, i));
        assertThat(coarse.image(i)).isEqualTo(Cifar100Files.image(split, i));
      }
    }
  }

  @Test
  void prefersTheBinaryLayout() throws IOException {
    Cifar100Files.write(temp, Cifar100Layout.BINARY);
    Files.writeString(
        Cifar100Files.write(temp, Cifar100Layout.PICKLE).resolve("test"), "no pickle");
    assertThat(Cifar100.isIn(temp)).isTrue();
    assertThat(Cifar100.load(temp, Split.TEST, Cifar100.Labels.FINE, 2).size()).isEqualTo(2);
  }

  @ParameterizedTest
  @EnumSource(Cifar100Layout.class)
  void refusesWhatIsCutShort(Cifar100Layout layout) throws IOException {
    Path file = layout.file(Cifar100Files.write(temp, layout), Split.TEST);
    byte[] whole = Files.readAllBytes(file);
    for (int n : new int[] {0, 1, 3074, whole.length - 1}) {
      Files.write(file, Arrays.copyOf(whole, n));
      refuses(file.toString());
    }
  }

  @Test
  void refusesLabelsAndNamesThatAreNotCifars() throws IOException {
    Path folder = Cifar100Files.write(temp, Cifar100Layout.BINARY);
    byte[] records = new byte[2 * (Cifar100Files.IMAGE + 2)];
    records[Cifar100Files.IMAGE + 3] = 100;
    Files.write(folder.resolve("test.bin"), records);
    refuses("label 100 of image 1 is outside [0, 99]");
    Files.write(folder.resolve("fine_label_names.txt"), List.of("apple"));
    refuses("1 fine class names, expected 100");
  }

  private void refuses(String message) {
    assertThatThrownBy(() -> Cifar100.load(temp, Split.TEST, Cifar100.Labels.FINE, 2))
        .isInstanceOf(FormatException.class)
        .hasMessageStartingWith("cifar100: ")
        .hasMessageContaining(message);
  }

  @Test
  void saysWhatIsMissing() throws IOException {
    assertThat(Cifar100.isIn(temp)).isFalse();
    assertThatThrownBy(() -> Cifar100.load(temp, Split.TRAIN))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContainingAll("fine_label_names.txt", "cifar-100-python");
    Path folder = Cifar100Files.write(temp, Cifar100Layout.BINARY);
    assertThatThrownBy(() -> Cifar100.load(temp, Split.TRAIN, Cifar100.Labels.COARSE))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("not 50000 records of 3074");
    Files.delete(folder.resolve("train.bin"));
    assertThatThrownBy(() -> Cifar100.load(temp, Split.TRAIN))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("train.bin");
    assertThatThrownBy(() -> Cifar100.load(temp, Split.TRAIN, null))
        .isInstanceOf(InvalidArgumentException.class);
  }
}
