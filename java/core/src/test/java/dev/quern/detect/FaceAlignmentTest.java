package dev.quern.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.quern.data.Image;
import dev.quern.error.InvalidArgumentException;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class FaceAlignmentTest {
  private static final FaceAlignment ARC_FACE = FaceAlignment.arcFace();

  private final Random random = new Random(3);

  private static KeyPoint at(double x, double y) {
    return new KeyPoint(x, y, 1);
  }

  private static List<KeyPoint> moved(UnaryOperator<KeyPoint> how) {
    return ARC_FACE.template().stream().map(how).toList();
  }

  private Image noise(int channels, int height, int width) {
    byte[] pixels = new byte[channels * height * width];
    random.nextBytes(pixels);
    return Image.of(Shape.of(channels, height, width), pixels);
  }

  private static void isTransform(
      SimilarityTransform t, double a, double b, double x, double y, double tolerance) {
    assertThat(t.a()).isCloseTo(a, within(tolerance));
    assertThat(t.b()).isCloseTo(b, within(tolerance));
    assertThat(t.x()).isCloseTo(x, within(tolerance));
    assertThat(t.y()).isCloseTo(y, within(tolerance));
  }

  @Test
  void landmarksOfTheTemplateAreTheIdentity() {
    isTransform(ARC_FACE.transform(ARC_FACE.template()), 1, 0, 0, 0, 1e-12);
    Image image = noise(3, 112, 112);
    assertThat(ARC_FACE.crop(image, ARC_FACE.template())).isEqualTo(image);
    // with an offset of whole pixels: the crop is copied, and black beyond the image
    Image crop = ARC_FACE.crop(image, moved(p -> at(p.x() + 30, p.y() - 7)));
    for (int c = 0; c < 3; c++) {
      for (int y = 0; y < 112; y++) {
        for (int x = 0; x < 112; x++) {
          int expected = x + 30 < 112 && y >= 7 ? image.get(c, y - 7, x + 30) : 0;
          assertThat(crop.get(c, y, x)).isEqualTo(expected);
        }
      }
    }
  }

  /** The face lies on its side: the template's (x, y) is at (111 - y, x). */
  @Test
  void rotationBy90Degrees() {
    Image image = noise(1, 112, 112);
    List<KeyPoint> landmarks = moved(p -> at(111 - p.y(), p.x()));
    isTransform(ARC_FACE.transform(landmarks), 0, -1, 0, 111, 1e-12);
    Image crop = ARC_FACE.crop(image, landmarks);
    for (int y = 0; y < 112; y++) {
      for (int x = 0; x < 112; x++) {
        assertThat(crop.get(0, y, x)).isEqualTo(image.get(0, x, 111 - y));
      }
    }
  }

  @Test
  void facesOfAnotherSize() {
    // twice as large: every second pixel
    Image image = noise(3, 224, 230);
    List<KeyPoint> landmarks = moved(p -> at(2 * p.x(), 2 * p.y()));
    isTransform(ARC_FACE.transform(landmarks), 0.5, 0, 0, 0, 1e-12);
    Image crop = ARC_FACE.crop(image, landmarks);
    assertThat(crop.shape()).isEqualTo(Shape.of(3, 112, 112));
    for (int y = 0; y < 112; y++) {
      for (int x = 0; x < 112; x++) {
        assertThat(crop.get(2, y, x)).isEqualTo(image.get(2, 2 * y, 2 * x));
      }
    }
    // half as large, three pixels to the right: pixels between pixels are their means
    crop = ARC_FACE.crop(image, moved(p -> at(p.x() / 2 + 3, p.y() / 2)));
    for (int y = 0; y < 112; y += 2) {
      for (int x = 0; x < 112; x += 2) {
        int a = image.get(0, y / 2, x / 2 + 3);
        int b = image.get(0, y / 2, x / 2 + 4);
        int c = image.get(0, y / 2 + 1, x / 2 + 3);
        int d = image.get(0, y / 2 + 1, x / 2 + 4);
        assertThat(crop.get(0, y, x)).isEqualTo(a);
        assertThat(crop.get(0, y, x + 1)).isCloseTo((a + b + 1) / 2, within(1));
        assertThat(crop.get(0, y + 1, x + 1)).isCloseTo((a + b + c + d + 2) / 4, within(1));
      }
    }
  }

  @Test
  void pixelsAreInterpolatedBilinearly() {
    byte[] pixels = {0, 100, (byte) 200, 40};
    Image image = Image.of(Shape.of(1, 2, 2), pixels);
    List<KeyPoint> template = List.of(at(0, 0), at(1, 0));
    FaceAlignment two = new FaceAlignment(template, new Size(1, 2));
    // (0, 0) is at (0.25, 0.5): 0.75 * (0 + 200) / 2 + 0.25 * (100 + 40) / 2
    // (1, 0) is at (1.25, 0.5): 0.75 * (100 + 40) / 2, as the pixels to the right are black
    Image crop = two.crop(image, List.of(at(0.25, 0.5), at(1.25, 0.5)));
    assertThat(crop.get(0, 0, 0)).isEqualTo(93); // 92.5
    assertThat(crop.get(0, 0, 1)).isEqualTo(53); // 52.5
    // left of and above the image
    crop = two.crop(image, List.of(at(-0.5, -0.5), at(0.5, -0.5)));
    assertThat(crop.get(0, 0, 0)).isZero();
    assertThat(crop.get(0, 0, 1)).isEqualTo(25);
    // far away
    crop = two.crop(image, List.of(at(1e12, 0), at(1e12 + 1e6, 0)));
    assertThat(crop.pixels()).containsOnly(0);
  }

  /** Umeyama's equations (39) to (43), with a singular value decomposition, for random points. */
  @Test
  void transformIsUmeyamas() {
    for (int i = 0; i < 200; i++) {
      List<KeyPoint> from = new ArrayList<>();
      List<KeyPoint> to = new ArrayList<>();
      int n = 2 + i % 6;
      for (int k = 0; k < n; k++) {
        from.add(at(200 * random.nextGaussian() + 300, 200 * random.nextGaussian()));
        // in every second case, most points are mirrored, so that the best rotation is not the
        // orthogonal matrix of the decomposition
        double sign = i % 2 == 0 ? 1 : -1;
        to.add(
            at(
                sign * from.get(k).x() / 3 + 9 * random.nextGaussian(),
                from.get(k).y() / 3 + 9 * random.nextGaussian()));
      }
      SimilarityTransform t = SimilarityTransform.estimate(from, to);
      double[] expected = umeyama(from, to);
      isTransform(t, expected[0], expected[1], expected[2], expected[3], 1e-7);
    }
  }

  /** Returns a, b, x and y of the best transform. */
  private static double[] umeyama(List<KeyPoint> from, List<KeyPoint> to) {
    int n = from.size();
    double mx = from.stream().mapToDouble(KeyPoint::x).average().orElseThrow();
    double my = from.stream().mapToDouble(KeyPoint::y).average().orElseThrow();
    double nx = to.stream().mapToDouble(KeyPoint::x).average().orElseThrow();
    double ny = to.stream().mapToDouble(KeyPoint::y).average().orElseThrow();
    double[][] s = new double[2][2]; // the covariance of targets and points
    double variance = 0;
    for (int k = 0; k < n; k++) {
      double[] p = {from.get(k).x() - mx, from.get(k).y() - my};
      double[] q = {to.get(k).x() - nx, to.get(k).y() - ny};
      variance += (p[0] * p[0] + p[1] * p[1]) / n;
      for (int i = 0; i < 4; i++) {
        s[i / 2][i % 2] += q[i / 2] * p[i % 2] / n;
      }
    }
    // s = U diag(d) V': the eigenvectors of s' s are V
    double e = s[0][0] * s[0][0] + s[1][0] * s[1][0];
    double f = s[0][0] * s[0][1] + s[1][0] * s[1][1];
    double g = s[0][1] * s[0][1] + s[1][1] * s[1][1];
    double angle = Math.atan2(2 * f, e - g) / 2;
    double[][] v = {{Math.cos(angle), -Math.sin(angle)}, {Math.sin(angle), Math.cos(angle)}};
    double[] d = new double[2];
    double[][] u = new double[2][2];
    for (int k = 0; k < 2; k++) {
      double ux = s[0][0] * v[0][k] + s[0][1] * v[1][k];
      double uy = s[1][0] * v[0][k] + s[1][1] * v[1][k];
      d[k] = Math.hypot(ux, uy);
      u[0][k] = ux / d[k];
      u[1][k] = uy / d[k];
    }
    double determinant = s[0][0] * s[1][1] - s[0][1] * s[1][0];
    if (d[1] < 1e-9 * d[0]) { // two points: any unit vector that is perpendicular to the first
      u[0][1] = -u[1][0];
      u[1][1] = u[0][0];
      determinant = 1;
    }
    double sign = determinant < 0 ? -1 : 1; // v is a rotation, so det(U) det(V) = det(U)
    double scale = (d[0] + sign * d[1]) / variance;
    double a = scale * (u[0][0] * v[0][0] + sign * u[0][1] * v[0][1]);
    double b = scale * (u[1][0] * v[0][0] + sign * u[1][1] * v[0][1]);
    return new double[] {a, b, nx - a * mx + b * my, ny - b * mx - a * my};
  }

  @Test
  void inverseUndoesTheTransform() {
    SimilarityTransform t = new SimilarityTransform(3, -4, 10, 20);
    assertThat(t.apply(new KeyPoint(1, 2, 0.5))).isEqualTo(new KeyPoint(21, 22, 0.5));
    KeyPoint back = t.inverse().apply(new KeyPoint(21, 22, 0.5));
    assertThat(back.x()).isCloseTo(1, within(1e-12));
    assertThat(back.y()).isCloseTo(2, within(1e-12));
    isTransform(t.inverse(), 0.12, 0.16, 2, -4, 1e-12);
  }

  @Test
  void degenerateLandmarksAreRefused() {
    Image image = noise(1, 9, 9);
    KeyPoint p = at(0.1, 1234.7);
    invalid(
        () -> ARC_FACE.crop(image, List.of(p, p, p, p, p)),
        "must be at least two different points");
    KeyPoint zero = at(0, 0);
    invalid(
        () -> ARC_FACE.transform(List.of(zero, zero, zero, zero, zero)),
        "similarity transform: points [KeyPoint[x=0.0");
    invalid(
        () -> SimilarityTransform.estimate(List.of(zero, p), List.of(p, p)),
        "similarity transform: targets [KeyPoint[x=0.1");
    invalid(() -> SimilarityTransform.estimate(List.of(), List.of()), "points [] must be");
    invalid(() -> SimilarityTransform.estimate(List.of(p), List.of(p)), "two different points");
    // the corners of a square and their mirror images: every rotation is as good
    List<KeyPoint> square = List.of(at(1, 1), at(-1, 1), at(-1, -1), at(1, -1));
    List<KeyPoint> mirrored = List.of(at(-1, 1), at(1, 1), at(1, -1), at(-1, -1));
    invalid(() -> SimilarityTransform.estimate(square, mirrored), "do not determine a rotation to");
    invalid(
        () -> SimilarityTransform.estimate(List.of(zero, at(1e200, 0)), List.of(zero, p)),
        "must be at least two different points");
    invalid(() -> ARC_FACE.transform(square), "face alignment: found 4 landmarks, expected 5");
    invalid(() -> ARC_FACE.crop(image, square), "face alignment: found 4 landmarks, expected 5");
    invalid(
        () -> SimilarityTransform.estimate(square, List.of(p)), "4 points do not match 1 targets");
  }

  @Test
  void argumentsOutsideTheirRangesAreRefused() {
    List<KeyPoint> two = List.of(at(0, 0), at(1, 1));
    invalid(
        () -> new FaceAlignment(List.of(at(0, 0)), Size.of(9)),
        "face alignment: template has 1 points, expected at least 2");
    for (Size wrong : List.of(new Size(0, 9), new Size(9, 4097))) {
      invalid(
          () -> new FaceAlignment(two, wrong),
          "face alignment: size " + wrong + " must have sides from 1 to 4096");
    }
    invalid(() -> new SimilarityTransform(0, 0, 1, 1), "must be finite, and a or b not 0");
    invalid(() -> new SimilarityTransform(1, 0, Double.NaN, 1), "x NaN, y 1.0 must be finite");
    invalid(() -> new SimilarityTransform(1e-200, 0, 1, 1).inverse(), "must be finite");
  }

  private static void invalid(ThrowingCallable call, String message) {
    assertThatThrownBy(call)
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining(message);
  }
}
