package dev.quern.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.quern.error.InvalidArgumentException;
import dev.quern.tensor.Shape;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class DatasetTest {
  private static Dataset of(byte[] pixels, int... labels) {
    return Dataset.of("d", Shape.of(2, 1, 2), List.of("a", "b"), pixels, labels);
  }

  @Test
  void refusesSizesAndLabelsThatDisagree() {
    assertThatThrownBy(() -> of(new byte[7], 0, 1))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("data set d: 7 bytes do not fill 2 images of 2x1x2");
    assertThatThrownBy(() -> of(new byte[8], 0, 2))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("data set d: label 2 of image 1 is outside [0, 1]");
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
  void aSubsetHasItsIndicesForItself() {
    Dataset some = of(new byte[5 * 4], 0, 1, 0, 1, 0).subset(new int[] {4, 3, 2});
    int[] indices = {1, 0};
    Dataset fewer = some.subset(indices);
    assertThat(indices).containsExactly(1, 0);
    Arrays.fill(indices, 2);
    assertThat(fewer.label(0)).isEqualTo(1);
    assertThat(fewer.label(1)).isZero();
  }

  private static Dataset targets() {
    byte[] pixels = new byte[5 * 4];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (i / 4);
    }
    return of(pixels, 0, 1, 0, 1, 0)
        .withTargets(new float[][] {{0, 0.5f}, {1, 1.5f}, {2, 2.5f}, {3, 3.5f}, {4, 4.5f}});
  }

  @Test
  void targetsStandInPlaceOfLabelsAndGoWithTheirImages() {
    Dataset d = targets();
    assertThat(d.hasTargets()).isTrue();
    assertThat(d.targetShape()).isEqualTo(Shape.of(2));
    assertThat(d.target(3)).containsExactly(3, 3.5f);
    assertThat(d.classes()).containsExactly("a", "b");
    assertThatThrownBy(() -> d.label(0))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("data set d: it has targets, not labels");
    Dataset mixed = d.shuffled(3).slice(1, 5);
    assertThat(mixed.size()).isEqualTo(4);
    for (int i = 0; i < 4; i++) {
      int image = mixed.image(i)[0];
      assertThat(mixed.target(i)).containsExactly(image, image + 0.5f);
    }
    assertThat(d.normalization().channels()).isEqualTo(2);
    assertThatThrownBy(() -> d.target(5)).hasMessage("data set d: image 5 is outside [0, 5)");
    assertThat(of(new byte[8], 0, 1).hasTargets()).isFalse();
    assertThatThrownBy(() -> of(new byte[8], 0, 1).target(0))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("data set d: it has labels, not targets");
  }

  @Test
  void samplesAreTheirOwnTargets() {
    byte[] values = {0, 51, (byte) 255, 102, 1, 2, 3, 4};
    Dataset d = of(values, 0, 1).withSamplesAsTargets();
    assertThat(d.hasTargets()).isTrue();
    assertThat(d.targetShape()).isEqualTo(Shape.of(2, 1, 2));
    assertThat(d.target(0)).containsExactly(0, 0.2f, 1, 0.4f);
    assertThat(d.image(0)).containsExactly(0, 51, -1, 102);
    assertThat(d.classes()).isEmpty();
    assertThat(d.slice(1, 2).target(0)).containsExactly(1 / 255f, 2 / 255f, 3 / 255f, 4 / 255f);
    assertThat(d).hasToString("Dataset d: 2 images of 2x1x2, targets of 2x1x2");
    assertRefused(() -> d.label(0), "it has targets, not labels");
    assertRefused(() -> d.target(2), "image 2 is outside [0, 2)");
    FloatBuffer small = FloatBuffer.allocate(3);
    assertRefused(() -> d.copyTarget(0, small), "a sample of 4 values does not fit in " + small);
    float[] floats = {-3, 0.5f, 7};
    Dataset f = Dataset.of("f", Shape.of(3), List.of("a"), floats, new int[1]);
    assertThat(f.withSamplesAsTargets().target(0)).containsExactly(floats);
    assertThat(targets().withSamplesAsTargets().target(3)).hasSize(4);
    assertThat(d.withTargets(new float[][] {{5}, {6}}).target(1)).containsExactly(6);
  }

  @Test
  void classesHaveOtherNames() {
    Dataset d = of(new byte[8], 0, 1);
    assertThat(d.withClasses(List.of("x", "y")).classes()).containsExactly("x", "y");
    assertThat(d.withClasses(List.of("x", "y")).label(1)).isEqualTo(1);
    assertThat(d.withClasses(List.of("x", "y"))).hasToString(d.toString());
    assertThat(targets().withClasses(List.of("one")).classes()).containsExactly("one");
    assertThat(targets().withClasses(List.of()).target(3)).containsExactly(3, 3.5f);
    assertRefused(
        () -> d.withClasses(List.of("x")), "1 class names do not fit labels of 2 classes");
    assertRefused(() -> d.withClasses(null), "classes is null");
  }

  @Test
  void targetsOfAnyShapeNeedNoLabels() {
    FloatBuffer values = FloatBuffer.wrap(new float[] {9, 0, 1, 2, 3, 4, 5, 6, 7, 9}, 1, 8);
    Dataset d = Dataset.ofTargets("d", Shape.of(2, 1, 2), new byte[8], Shape.of(1, 2, 2), values);
    assertThat(d.size()).isEqualTo(2);
    assertThat(d.classes()).isEmpty();
    assertThat(d.targetShape()).isEqualTo(Shape.of(1, 2, 2));
    assertThat(d.slice(1, 2).target(0)).containsExactly(4, 5, 6, 7);
    assertThat(d.slice(0, 0).size()).isZero();
  }

  @Test
  void refusesTargetsThatDoNotFit() {
    Dataset d = of(new byte[8], 0, 1);
    FloatBuffer three = FloatBuffer.allocate(3);
    assertRefused(
        () -> d.withTargets(Shape.of(2), three),
        "3 floats do not fill a whole number of targets of shape 2");
    assertRefused(() -> d.withTargets(Shape.of(1), three), "3 targets do not fit 2 images");
    assertRefused(
        () -> d.withTargets(Shape.of(0), three),
        "3 floats do not fill a whole number of targets of shape 0");
    assertRefused(() -> d.withTargets(Shape.of(1), null), "targets is null");
    assertRefused(() -> d.withTargets(null, three), "target shape is null");
    assertRefused(() -> d.withTargets(null), "targets is null");
    assertRefused(() -> d.withTargets(new float[1][2]), "1 targets do not fit 2 images");
    assertRefused(() -> d.withTargets(new float[][] {{1}, null}), "target of image 1 is null");
    assertRefused(
        () -> d.withTargets(new float[][] {{1}, {1, 2}}),
        "target of image 1 has 2 floats, the first target has 1");
    assertRefused(
        () -> d.withTargets(new float[][] {{1}, {Float.NaN}}),
        "target NaN of image 1 is not finite");
    assertRefused(
        () -> Dataset.ofTargets("d", Shape.of(2, 1, 2), new byte[8], Shape.of(1), three),
        "8 bytes do not fill 3 images of 2x1x2");
  }

  private static void assertRefused(ThrowingCallable call, String message) {
    assertThatThrownBy(call)
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("data set d: " + message);
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

  @Test
  void printsAsALine() {
    Dataset d = of(new byte[8], 0, 1);
    assertThat(d).hasToString("Dataset d: 2 images of 2x1x2, 2 classes");
    assertThat(d.withTargets(new float[2][3]))
        .hasToString("Dataset d: 2 images of 2x1x2, targets of 3");
    String odd = "a\n\u001b\u2028" + "b".repeat(1000);
    Dataset named = Dataset.of(odd, Shape.of(1, 1, 1), List.of("a"), new byte[1], new int[1]);
    assertThat(named.toString()).startsWith("Dataset a???bbb").hasSizeLessThan(120);
  }
}
