package dev.quern.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.data.Image;
import dev.quern.dense.AlphaMask;
import dev.quern.dense.DepthMap;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.tensor.Shape;
import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

/** Between java.awt's images and ours. */
class ImagesTest {
  private static final int W = 7;
  private static final int H = 5;

  private static BufferedImage noise(int type, boolean opaque) {
    BufferedImage image = new BufferedImage(W, H, type);
    Random random = new Random(type);
    for (int i = 0; i < W * H; i++) {
      image.setRGB(i % W, i / W, random.nextInt() | (opaque ? 0xff000000 : 0));
    }
    return image;
  }

  private static int pixel(Image image, int y, int x) {
    int rgb = 0;
    for (int c = 0; c < 3; c++) {
      rgb = rgb << 8 | image.get(image.channels() == 1 ? 0 : c, y, x);
    }
    return rgb;
  }

  @Test
  void opaqueColoursAreAsJavaSeesThem() {
    for (int type = BufferedImage.TYPE_INT_RGB; type <= BufferedImage.TYPE_BYTE_INDEXED; type++) {
      if (type == BufferedImage.TYPE_BYTE_GRAY || type == BufferedImage.TYPE_USHORT_GRAY) {
        continue;
      }
      BufferedImage image = noise(type, true);
      Image read = Images.of(image);
      for (int i = 0; i < W * H; i++) {
        assertThat(pixel(read, i / W, i % W))
            .as("type %d", type)
            .isEqualTo(image.getRGB(i % W, i / W) & 0xffffff);
      }
    }
  }

  @Test
  void greyKeepsItsSamples() {
    BufferedImage eight = noise(BufferedImage.TYPE_BYTE_GRAY, true);
    BufferedImage sixteen = noise(BufferedImage.TYPE_USHORT_GRAY, true);
    sixteen.getRaster().setSample(0, 0, 0, 65_535);
    sixteen.getRaster().setSample(1, 0, 0, 257 * 100 + 128);
    sixteen.getRaster().setSample(2, 0, 0, 257 * 100 + 129);
    Image read = Images.of(eight);
    for (int i = 0; i < W * H; i++) {
      assertThat(read.get(0, i / W, i % W)).isEqualTo(eight.getRaster().getSample(i % W, i / W, 0));
    }
    assertThat(read.shape()).isEqualTo(Shape.of(1, H, W));
    Image rounded = Images.of(sixteen);
    assertThat(new int[] {rounded.get(0, 0, 0), rounded.get(0, 0, 1), rounded.get(0, 0, 2)})
        .containsExactly(255, 100, 101);
  }

  @Test
  void transparentPixelsLieUponBlack() {
    for (int type : new int[] {BufferedImage.TYPE_INT_ARGB, BufferedImage.TYPE_4BYTE_ABGR}) {
      BufferedImage image = noise(type, false);
      image.setRGB(0, 0, 0x80ffffff);
      image.setRGB(1, 0, 0x00ffffff);
      Image read = Images.of(image);
      assertThat(pixel(read, 0, 0)).isEqualTo(0x808080);
      assertThat(pixel(read, 0, 1)).isZero();
      BufferedImage black = new BufferedImage(W, H, BufferedImage.TYPE_INT_RGB);
      black.createGraphics().drawImage(image, 0, 0, null);
      for (int i = 0; i < 3 * W * H; i++) {
        int there = black.getRaster().getSample(i % W, i / W % H, i / W / H);
        assertThat(Math.abs(read.get(i / W / H, i / W % H, i % W) - there)).isLessThanOrEqualTo(1);
      }
    }
    BufferedImage multiplied = noise(BufferedImage.TYPE_INT_ARGB_PRE, false);
    assertThat(Images.of(multiplied).get(2, 3, 4))
        .isEqualTo(multiplied.getRaster().getSample(4, 3, 2));
  }

  /** Samples that are no whole numbers are Java's to convert. */
  @Test
  void floatsBecomeSrgb() {
    ComponentColorModel colors =
        new ComponentColorModel(
            ColorSpace.getInstance(ColorSpace.CS_sRGB),
            false,
            false,
            Transparency.OPAQUE,
            DataBuffer.TYPE_FLOAT);
    WritableRaster raster =
        Raster.createWritableRaster(colors.createCompatibleSampleModel(1, 1), null);
    raster.setPixel(0, 0, new float[] {1, 0.5f, 0});
    Image read = Images.of(new BufferedImage(colors, raster, false, null));
    assertThat(pixel(read, 0, 0)).isIn(0xff8000, 0xff7f00);
  }

  @Test
  void thereAndBackNothingChanges() {
    for (int channels : new int[] {1, 3}) {
      byte[] pixels = new byte[channels * W * H];
      new Random(3).nextBytes(pixels);
      Image image = Image.of(Shape.of(channels, H, W), pixels);
      BufferedImage made = Images.toBufferedImage(image);
      assertThat(made.getType())
          .isEqualTo(channels == 1 ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_3BYTE_BGR);
      assertThat(Images.of(made)).isEqualTo(image);
    }
  }

  @Test
  void partsOfAnImageAreReadFromTheirCorner() {
    BufferedImage image = noise(BufferedImage.TYPE_INT_RGB, true);
    Image part = Images.of(image.getSubimage(2, 1, 3, 2));
    assertThat(part.shape()).isEqualTo(Shape.of(3, 2, 3));
    assertThat(pixel(part, 1, 2)).isEqualTo(image.getRGB(4, 2) & 0xffffff);
  }

  @Test
  void whatIsNoneOrFailsIsTyped() {
    assertThatThrownBy(() -> Images.of(null))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("image: image is null");
    assertThatThrownBy(() -> Images.toBufferedImage(null))
        .isInstanceOf(InvalidArgumentException.class);
    BufferedImage odd =
        new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB) {
          @Override
          public WritableRaster getRaster() {
            throw new IllegalStateException("odd");
          }
        };
    assertThatThrownBy(() -> Images.of(odd))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("odd");
  }

  @Test
  void aCutoutHasTheColorsAndTheMask() throws IOException {
    AlphaMask mask = AlphaMask.of(1, 3, new float[] {0, 0.5f, 1});
    for (int channels : new int[] {1, 3}) {
      byte[] pixels = new byte[channels * 3];
      new Random(4).nextBytes(pixels);
      Image image = Image.of(Shape.of(channels, 1, 3), pixels);
      BufferedImage cutout = Images.cutout(image, mask);
      assertThat(cutout.getType()).isEqualTo(BufferedImage.TYPE_4BYTE_ABGR);
      BufferedImage read = written(cutout);
      assertThat(read.getColorModel().hasAlpha()).isTrue();
      for (int x = 0; x < 3; x++) {
        int argb = read.getRGB(x, 0);
        assertThat(argb >>> 24).isEqualTo(new int[] {0, 128, 255}[x]);
        for (int c = 0; c < 3; c++) {
          assertThat(argb >> 8 * (2 - c) & 0xff).isEqualTo(image.get(channels == 1 ? 0 : c, 0, x));
        }
      }
    }
    Image high = Image.of(Shape.of(1, 3, 1), new byte[3]);
    assertThatThrownBy(() -> Images.cutout(high, mask))
        .isInstanceOf(ShapeException.class)
        .hasMessage("image: mask 1x3 must have the size of image 1x3x1");
    assertThatThrownBy(() -> Images.cutout(null, mask))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("image: image is null");
    assertThatThrownBy(() -> Images.cutout(high, null))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("image: mask is null");
  }

  @Test
  void aDepthMapHas16Bits() throws IOException {
    BufferedImage made = Images.toGray16(DepthMap.of(2, 2, new float[] {4, -4, 0, -3}));
    assertThat(made.getType()).isEqualTo(BufferedImage.TYPE_USHORT_GRAY);
    int[] samples = written(made).getRaster().getPixels(0, 0, 2, 2, (int[]) null);
    assertThat(samples).containsExactly(65_535, 0, 32_768, 8192);
    assertThatThrownBy(() -> Images.toGray16(null)).isInstanceOf(InvalidArgumentException.class);
  }

  private static BufferedImage written(BufferedImage image) throws IOException {
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    ImageIO.write(image, "png", png);
    return ImageIO.read(new ByteArrayInputStream(png.toByteArray()));
  }
}
