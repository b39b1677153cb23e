package dev.quern.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.quern.data.Preprocessing.Channels;
import dev.quern.data.Preprocessing.Fit;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert;
import org.junit.jupiter.api.Test;

/** Sizes and channels; PIL's numbers were recorded by its 11.1. */
class PreprocessingTest {
  private static final Preprocessing GREY = Preprocessing.of(Normalization.unit(1));
  private static final Preprocessing RGB = Preprocessing.of(Normalization.unit(3));
  private static final Shape ANY = Shape.of(1, Shape.FREE, Shape.FREE);

  private static Image grey(int height, int width, int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return Image.of(Shape.of(1, height, width), bytes);
  }

  private static Image plain(int height, int width, int... color) {
    byte[] bytes = new byte[color.length * height * width];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) color[i / (height * width)];
    }
    return Image.of(Shape.of(color.length, height, width), bytes);
  }

  /** What PIL was given. */
  private static Image pattern(int height, int width) {
    byte[] bytes = new byte[3 * height * width];
    for (int i = 0; i < bytes.length; i++) {
      int c = i / (height * width);
      int y = i / width % height;
      int x = i % width;
      bytes[i] = (byte) (c * 37 + y * 53 + x * 29 + y * x * 7);
    }
    return Image.of(Shape.of(3, height, width), bytes);
  }

  private static int[] values(Image image) {
    byte[] bytes = image.pixels();
    int[] values = new int[bytes.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = bytes[i] & 0xff;
    }
    return values;
  }

  /** It rounds between its passes. */
  private static void assertNearPil(Image image, int... pil) {
    int[] values = values(image);
    assertThat(values).hasSameSizeAs(pil);
    for (int i = 0; i < pil.length; i++) {
      assertThat(values[i]).as("value %d", i).isCloseTo(pil[i], within(1));
    }
  }

  @Test
  void aPictureOfTheInputsSizeAndChannelsStaysAsItIs() {
    Image picture = pattern(9, 7);
    for (Fit fit : Fit.values()) {
      assertThat(RGB.fit(fit).resized(picture, Shape.of(3, 9, 7))).isSameAs(picture);
    }
    Image turned = RGB.channels(Channels.BGR).resized(picture, Shape.of(3, 9, 7));
    for (int c = 0; c < 3; c++) {
      assertThat(turned.get(c, 4, 5)).isEqualTo(picture.get(2 - c, 4, 5));
    }
    assertThat(GREY.resized(picture, Shape.of(1, 9, 7)).channels()).isEqualTo(1);
    assertThat(RGB.resized(grey(1, 2, 3, 4), Shape.of(3, 1, 2)).channels()).isEqualTo(3);
    Image part = RGB.fit(Fit.CENTER_CROP).crop(0.5f).resized(picture, Shape.of(3, 9, 7));
    assertThat(part).isNotEqualTo(picture);
  }

  @Test
  void ofItsOwnSizeNothingChanges() {
    Image image = pattern(7, 9);
    for (Fit fit : Fit.values()) {
      assertThat(RGB.fit(fit).resized(image, Shape.of(3, 7, 9))).isEqualTo(image);
      assertThat(RGB.fit(fit).resized(image, Shape.of(3, Shape.FREE, Shape.FREE))).isEqualTo(image);
      assertThat(RGB.fit(fit).size(new Size(7, 9)).resized(image, Shape.of(3, 7, Shape.FREE)))
          .isEqualTo(image);
    }
  }

  @Test
  void channelsComeInTheNetworksOrder() {
    Image color = plain(1, 2, 10, 100, 200);
    assertThat(values(RGB.resized(color, Shape.of(3, 1, 2))))
        .containsExactly(10, 10, 100, 100, 200, 200);
    assertThat(values(RGB.channels(Channels.BGR).resized(color, Shape.of(3, 1, 2))))
        .containsExactly(200, 200, 100, 100, 10, 10);
    for (Channels order : List.of(Channels.RGB, Channels.BGR)) {
      assertThat(values(RGB.channels(order).resized(grey(1, 2, 7, 250), Shape.of(3, 1, 2))))
          .containsExactly(7, 250, 7, 250, 7, 250);
    }
  }

  @Test
  void colourBecomesGreyByItsLuma() {
    int[][] cases = {
      {255, 0, 0, 76}, {0, 255, 0, 150}, {0, 0, 255, 29}, {255, 255, 255, 255}, {0, 0, 0, 0}
    };
    for (int[] c : cases) {
      assertThat(values(GREY.resized(plain(2, 2, c[0], c[1], c[2]), ANY))).containsOnly(c[3]);
    }
    for (int v = 0; v < 256; v++) {
      assertThat(values(GREY.resized(plain(1, 1, v, v, v), ANY))).containsExactly(v);
    }
    assertNearPil(
        GREY.resized(pattern(4, 5), ANY),
        30,
        59,
        88,
        117,
        146,
        83,
        119,
        155,
        191,
        198,
        136,
        179,
        193,
        86,
        52,
        189,
        210,
        33,
        83,
        133);
  }

  @Test
  void smallerMeansTheMeanOfWhatIsCovered() {
    int[] values = new Random(1).ints(400 * 100, 0, 256).toArray();
    double sum = 0;
    for (int v : values) {
      sum += v;
    }
    Image noise = grey(100, 400, values);
    int[] one = values(GREY.resized(noise, Shape.of(1, 1, 1)));
    assertThat(one[0]).isCloseTo((int) (sum / values.length), within(2));
    for (int v : values(GREY.resized(noise, Shape.of(1, 5, 8)))) {
      assertThat(v).isBetween(110, 145);
    }
    assertNearPil(RGB.resized(pattern(11, 17), Shape.of(3, 4, 5)), PilNumbers.SMALLER);
  }

  @Test
  void largerIsInterpolated() {
    // pixel centers at 1/8, 3/8, 5/8, 7/8 of a picture whose own are at 1/4 and 3/4
    assertThat(values(GREY.resized(grey(1, 2, 0, 200), Shape.of(1, 1, 4))))
        .containsExactly(0, 50, 150, 200);
    assertThat(values(GREY.resized(grey(2, 1, 0, 200), Shape.of(1, 4, 1))))
        .containsExactly(0, 50, 150, 200);
    assertNearPil(RGB.resized(pattern(5, 4), Shape.of(3, 8, 9)), PilNumbers.LARGER);
  }

  @Test
  void everyAwkwardSizeKeepsAPlainColour() {
    int[] sizes = {1, 2, 3, 7, 28, 31, 97};
    for (int w : sizes) {
      for (int h : sizes) {
        for (Fit fit : new Fit[] {Fit.STRETCH, Fit.CENTER_CROP}) {
          int[] got = values(RGB.fit(fit).resized(plain(h, w, 0x7b, 0x2d, 1), Shape.of(3, 13, 11)));
          for (int i = 0; i < got.length; i++) {
            assertThat(got[i]).isEqualTo(new int[] {0x7b, 0x2d, 1}[i / 143]);
          }
        }
      }
    }
  }

  @Test
  void fitPutsTheWholePictureIntoTheMiddleOfBlack() {
    Preprocessing fit = GREY.fit(Fit.FIT);
    assertThat(values(fit.resized(plain(2, 4, 9), Shape.of(1, 4, 4))))
        .containsExactly(0, 0, 0, 0, 9, 9, 9, 9, 9, 9, 9, 9, 0, 0, 0, 0);
    assertThat(values(fit.resized(plain(4, 2, 9), Shape.of(1, 2, 3))))
        .containsExactly(0, 9, 0, 0, 9, 0);
    assertThat(values(fit.resized(grey(1, 2, 0, 200), Shape.of(1, 2, 4))))
        .containsExactly(0, 50, 150, 200, 0, 50, 150, 200);
    // of 300 columns at a thousandth there is still one
    assertThat(values(fit.resized(plain(3, 3000, 8), Shape.of(1, 3, 3))))
        .containsExactly(0, 0, 0, 8, 8, 8, 0, 0, 0);
  }

  @Test
  void centerCropFillsTheInputAndCutsOffTheRest() {
    Preprocessing crop = GREY.fit(Fit.CENTER_CROP);
    assertThat(values(crop.resized(grey(1, 4, 1, 2, 3, 4), Shape.of(1, 1, 2))))
        .containsExactly(2, 3);
    assertThat(values(crop.resized(grey(4, 1, 1, 2, 3, 4), Shape.of(1, 2, 1))))
        .containsExactly(2, 3);
    Preprocessing colors = RGB.fit(Fit.CENTER_CROP);
    assertNearPil(colors.resized(pattern(13, 20), Shape.of(3, 4, 4)), PilNumbers.CROPPED_WIDE);
    assertNearPil(
        colors.size(Size.of(3)).resized(pattern(20, 9), Shape.of(3, 3, 3)),
        PilNumbers.CROPPED_HIGH);
  }

  /** As Resize and CenterCrop one after the other; an offset of a half goes to the even number. */
  @Test
  void aCropShowsTheMiddleOfTheResizedPicture() {
    int[][] sides = {{37, 53, 16, 22}, {53, 37, 22, 16}, {9, 9, 16, 16}, {600, 16, 600, 16}};
    for (int[] s : sides) {
      Image image = pattern(s[0], s[1]);
      int[] whole = values(RGB.resized(image, Shape.of(3, s[2], s[3])));
      int[] part = values(Preprocessing.imagenet().resized(image, Shape.of(3, 14, 14)));
      int top = (int) Math.rint((s[2] - 14) / 2.0);
      int left = (int) Math.rint((s[3] - 14) / 2.0);
      for (int i = 0; i < part.length; i++) {
        int y = i / 14 % 14 + top;
        int x = i % 14 + left;
        assertThat(part[i]).isEqualTo(whole[(i / 196 * s[2] + y) * s[3] + x]);
      }
    }
  }

  @Test
  void imagenetsPicturesHave256PixelsOfWhich224AreShown() {
    Preprocessing imagenet = Preprocessing.imagenet();
    byte[] rows = new byte[256 * 300];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = (byte) (i / 300);
    }
    Image image = Image.of(Shape.of(1, 256, 300), rows);
    int[] got = values(imagenet.resized(image, Shape.of(3, 224, 224)));
    assertThat(got[0]).isEqualTo(16);
    assertThat(got[224 * 224 - 1]).isEqualTo(239);
    assertThat(imagenet.normalization().mean()).containsExactly(0.485f, 0.456f, 0.406f);
    assertThat(imagenet.normalization().std()).containsExactly(0.229f, 0.224f, 0.225f);
    Shape free = Shape.of(3, Shape.FREE, 224);
    assertShape(
        () -> imagenet.resized(image, free),
        "input 3x?x224 has a dynamic size, but crop 0.875 requires a fixed size");
    assertThat(values(imagenet.size(Size.of(224)).resized(image, free))).isEqualTo(got);
  }

  @Test
  void aFreeSideIsThePicturesOwnOrFollows() {
    Image image = pattern(20, 30);
    Shape[] inputs = {Shape.of(3, 10, Shape.FREE), Shape.of(3, Shape.FREE, 10)};
    assertThat(RGB.resized(image, inputs[0]).shape()).isEqualTo(Shape.of(3, 10, 30));
    assertThat(RGB.resized(image, inputs[1]).shape()).isEqualTo(Shape.of(3, 20, 10));
    for (Fit fit : new Fit[] {Fit.FIT, Fit.CENTER_CROP}) {
      assertThat(RGB.fit(fit).resized(image, inputs[0]).shape()).isEqualTo(Shape.of(3, 10, 15));
      assertThat(RGB.fit(fit).resized(image, inputs[1]).shape()).isEqualTo(Shape.of(3, 7, 10));
      byte[] white = new byte[600];
      Arrays.fill(white, (byte) 255);
      Image all = RGB.fit(fit).resized(Image.of(Shape.of(1, 20, 30), white), inputs[1]);
      assertThat(all.pixels()).containsOnly((byte) 255); // no line of black where sides round
    }
    assertThat(RGB.size(new Size(4, 6)).resized(image, Shape.of(3, Shape.FREE, Shape.FREE)).shape())
        .isEqualTo(Shape.of(3, 4, 6));
  }

  @Test
  void whatDoesNotGoTogetherIsRefused() {
    Image image = pattern(2, 2);
    assertShape(() -> GREY.resized(image, Shape.of(3, 2, 2)), "input 3x2x2 must have 1 channels");
    assertShape(() -> RGB.resized(image, Shape.of(12)), "input 12 must have 3 channels");
    assertShape(() -> RGB.resized(image, Shape.of(3, 0, 2)), "height 0 of input 3x0x2");
    assertShape(
        () -> RGB.size(Size.of(2)).resized(image, Shape.of(3, 2, 5)),
        "width 5 of input 3x2x5 differs from the size 2");
    assertThatThrownBy(() -> RGB.size(Size.of(0)))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("preprocessing: size 0x0 must be at least 1x1");
    assertThatThrownBy(() -> RGB.channels(Channels.GREY))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("preprocessing: 3 means do not fit GREY, which has 1 channels");
    for (float part : new float[] {0, 0.009f, 1.01f, Float.NaN}) {
      assertThatThrownBy(() -> Preprocessing.imagenet().crop(part))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessage("preprocessing: crop " + part + " is outside [0.01, 1]");
    }
    assertThatThrownBy(() -> RGB.crop(0.5f))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("preprocessing: crop 0.5 requires CENTER_CROP, found STRETCH");
    assertThat(Preprocessing.imagenet().fit(Fit.FIT).crop()).isEqualTo(1);
    assertShape(
        () -> Preprocessing.of(Normalization.unit(2)).resized(image, Shape.of(2, 2, 2)),
        "input 2x2x2 does not accept images");
    assertThatThrownBy(() -> RGB.size(Size.of(20_000)).resized(image, Shape.of(3, 20_000, 20_000)))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("an input of 20000x20000 has more than 100000000 pixels");
  }

  @Test
  void aBatchIsOfOneShape() {
    try (Arena arena = new Arena()) {
      Shape any = Shape.of(3, Shape.FREE, Shape.FREE);
      assertThatThrownBy(() -> RGB.batch(arena, any, List.of()))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessage("preprocessing: the list of images is empty");
      assertShape(
          () -> RGB.batch(arena, any, List.of(pattern(2, 2), pattern(2, 3))),
          "image 1 becomes 3x2x3, the first becomes 3x2x2");
      assertThat(
              RGB.batch(arena, any, List.of(pattern(2, 3), grey(2, 3, 1, 2, 3, 4, 5, 6))).shape())
          .isEqualTo(Shape.of(2, 3, 2, 3));
    }
  }

  private static void assertShape(ThrowableAssert.ThrowingCallable call, String part) {
    assertThatThrownBy(call).isInstanceOf(ShapeException.class).hasMessageContaining(part);
  }
}
