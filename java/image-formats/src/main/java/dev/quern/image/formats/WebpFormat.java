package dev.quern.image.formats;

import com.twelvemonkeys.imageio.plugins.webp.WebPImageReaderSpi;
import dev.quern.data.Image;
import dev.quern.image.decode.Canvas;
import dev.quern.image.decode.Decoder;
import dev.quern.image.decode.FileFormat;
import dev.quern.image.decode.Orientation;
import dev.quern.image.decode.Pixels;
import dev.quern.image.decode.TooLargeException;
import java.io.IOException;

/** WebP, with and without loss; of an animation the first picture. */
final class WebpFormat implements FileFormat {
  @Override
  public boolean begins(byte[] encoded) {
    return WebpFile.begins(encoded);
  }

  @Override
  public Image read(byte[] encoded, long most) throws IOException {
    WebpFile file = WebpFile.of(encoded);
    TooLargeException.check(file.width(), file.height(), most);
    try (Decoder d = new Decoder(new WebPImageReaderSpi().createReaderInstance(null), encoded)) {
      // pixels as they are in the file: the reader's choice is sRGB, by the file's profile
      Image image = Pixels.of(d.image(d.reader.getRawImageType(0)));
      image = Canvas.placed(image, file.height(), file.width(), file.top(), file.left());
      return Orientation.apply(image, file.orientation());
    }
  }

  @Override
  public String toString() {
    return "WebP";
  }
}
