package dev.quern.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.data.Dataset;
import dev.quern.error.FormatException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.NotFoundException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Both layouts in small: two images a split. */
class Cifar100Test {
  private static final int IMAGE = 3072;

  @TempDir Path temp;

  private static int fine(Split split, int index) {
    return (split.ordinal() * 2 + index) * 31 % 100;
  }

  private static int coarse(Split split, int index) {
    return fine(split, index) / 5;
  }

  private static byte[] image(Split split, int index) {
    byte[] pixels = new byte[IMAGE];
    new Random(split.ordinal() * 2 + index).nextBytes(pixels);
    return pixels;
  }

  private static List<String> names(String word, int count) {
    return IntStream.range(0, count).mapToObj(i -> word + i).toList();
  }

  /** Writes both splits and the class names; returns their folder. */
  static Path write(Path parent, Cifar100Layout layout) throws IOException {
    Path folder = Files.createDirectories(parent.resolve(layout.folder()));
    for (Split split : Split.values()) {
      Files.write(layout.file(folder, split), split(layout, split));
    }
    if (layout == Cifar100Layout.BINARY) {
      Files.write(folder.resolve("fine_label_names.txt"), names("fine", 100));
      Files.write(folder.resolve("coarse_label_names.txt"), names("coarse", 20));
    } else {
      PickleBuilder meta = new PickleBuilder().op("}(").text("fine_label_names").op("](");
      names("fine", 100).forEach(meta::text);
      meta.op("e").text("coarse_label_names").op("](");
      names("coarse", 20).forEach(meta::text);
      Files.write(folder.resolve("meta"), meta.op("eu").bytes());
    }
    return folder;
  }

  private static byte[] split(Cifar100Layout layout, Split split) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < 2; i++) {
      if (layout == Cifar100Layout.BINARY) {
        out.write(coarse(split, i));
        out.write(fine(split, i));
      }
      out.write(image(split, i));
    }
    if (layout == Cifar100Layout.BINARY) {
      return out.toByteArray();
    }
    return new PickleBuilder()
        .op("}(")
        .text("filenames")
        .op("](")
        .text("a.png")
        .text("b.png")
        .op("e")
        .text("fine_labels")
        .labels(fine(split, 0), fine(split, 1))
        .text("coarse_labels")
        .labels(coarse(split, 0), coarse(split, 1))
        .text("data")
        .array("u1", 2, IMAGE, out.toByteArray())
        .op("u")
        .bytes();
  }

  @ParameterizedTest
  @EnumSource(Cifar100Layout.class)
  void readsBothSplitsWithEitherLabel(Cifar100Layout layout) throws IOException {
    Path folder = write(temp, layout);
    for (Split split : Split.values()) {
      Dataset fine = Cifar100.load(temp, split, Cifar100.Labels.FINE, 2);
      Dataset coarse = Cifar100.load(folder, split, Cifar100.Labels.COARSE, 2);
      assertThat(fine.name()).isEqualTo("cifar100");
      assertThat(fine.shape()).hasToString("3x32x32");
      assertThat(fine.classes()).isEqualTo(names("fine", 100));
      assertThat(coarse.name()).isEqualTo("cifar100-coarse");
      assertThat(coarse.classes()).isEqualTo(names("coarse", 20));
      for (int i = 0; i < 2; i++) {
        assertThat(fine.label(i)).isEqualTo(fine(split, i));
        assertThat(coarse.label(i)).isEqualTo(coarse(split, i));
        assertThat(fine.image(i)).isEqualTo(image(split, i));
        assertThat(coarse.image(i)).isEqualTo(image(split, i));
      }
    }
  }

  @Test
  void prefersTheBinaryLayout() throws IOException {
    write(temp, Cifar100Layout.BINARY);
    Files.writeString(write(temp, Cifar100Layout.PICKLE).resolve("test"), "no pickle");
    assertThat(Cifar100.isIn(temp)).isTrue();
    assertThat(Cifar100.load(temp, Split.TEST, Cifar100.Labels.FINE, 2).size()).isEqualTo(2);
  }

  @ParameterizedTest
  @EnumSource(Cifar100Layout.class)
  void refusesWhatIsCutShort(Cifar100Layout layout) throws IOException {
    Path file = layout.file(write(temp, layout), Split.TEST);
    byte[] whole = Files.readAllBytes(file);
    for (int n : new int[] {0, 1, 3074, whole.length - 1}) {
      Files.write(file, Arrays.copyOf(whole, n));
      refuses(file.toString());
    }
  }

  @Test
  void refusesLabelsAndNamesThatAreNotCifars() throws IOException {
    Path folder = write(temp, Cifar100Layout.BINARY);
    byte[] records = new byte[2 * (IMAGE + 2)];
    records[IMAGE + 3] = 100;
    Files.write(folder.resolve("test.bin"), records);
    refuses("label 100 of image 1 is not below 100");
    Files.write(folder.resolve("fine_label_names.txt"), List.of("apple"));
    refuses("1 fine class names where 100 are wanted");
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
    Path folder = write(temp, Cifar100Layout.BINARY);
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
