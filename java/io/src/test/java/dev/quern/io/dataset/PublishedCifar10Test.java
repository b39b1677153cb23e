package dev.quern.io.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.data.Dataset;
import dev.quern.fixtures.Fixtures;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The whole data set, in both layouts, where the folder named by QUERN_DATA has it. */
class PublishedCifar10Test {
  private static Path folder(CifarLayout layout) {
    return Fixtures.cifar10(layout.folder());
  }

  @Test
  void bothLayoutsHoldTheSameBalancedImages() {
    Path binary = folder(CifarLayout.BINARY);
    Path pickles = folder(CifarLayout.PICKLE);
    for (Split split : Split.values()) {
      Dataset a = Cifar10.load(binary, split);
      Dataset b = Cifar10.load(pickles, split);
      int images = split == Split.TRAIN ? 50_000 : 10_000;
      int[] counts = new int[10];
      for (int i = 0; i < images; i++) {
        counts[a.label(i)]++;
        assertThat(b.label(i)).isEqualTo(a.label(i));
      }
      assertThat(a.classes()).isEqualTo(b.classes()).contains("airplane", "truck");
      assertThat(counts).containsOnly(images / 10);
      assertThat(pixels(b)).isEqualTo(pixels(a));
    }
    assertThat(pixels(Cifar10.batch(pickles, 3)))
        .isEqualTo(pixels(Cifar10.load(binary, Split.TRAIN).slice(20_000, 30_000)));
  }

  private static ByteBuffer pixels(Dataset data) {
    ByteBuffer all = ByteBuffer.allocate(data.size() * (int) data.shape().elements());
    for (int i = 0; i < data.size(); i++) {
      data.copyBytes(i, all);
    }
    return all;
  }
}
