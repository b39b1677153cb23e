package dev.quern.fuzz.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.data.Image;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A bomb that no decoder takes would attack nothing: small ones of each sort are images. */
class PicturesTest {
  private static final int SIDE = 61;

  @Test
  void smallOnesAreDecoded() {
    Map<String, byte[]> all =
        Map.of(
            "png", Pictures.bigPng(SIDE, true, 8, false),
            "png of 16 bits", Pictures.bigPng(SIDE, true, 16, false),
            "interlaced png", Pictures.bigPng(SIDE, true, 16, true),
            "interlaced png of 1 bit", Pictures.bigPng(SIDE, false, 1, true),
            "scans", Pictures.scans(SIDE, 3),
            "gif", Pictures.gif(SIDE),
            "bmp", Pictures.bmp(SIDE),
            "webp", Pictures.webp(SIDE),
            "tiff", Pictures.tiff(SIDE));
    all.forEach(
        (name, file) ->
            assertThat(Image.read(file).shape().toArray()).as(name).endsWith(SIDE, SIDE));
  }

  @Test
  void chunksThatInflateBelongToAnImage() {
    for (String type : new String[] {"iCCP", "zTXt", "iTXt"}) {
      assertThat(Image.read(Pictures.chunkPng(type, 1000)).shape().toArray())
          .as(type)
          .containsExactly(3, 8, 8);
    }
  }
}
