package dev.quern.image.decode;

import dev.quern.data.Image;
import dev.quern.data.ImageReading;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import javax.imageio.metadata.IIOMetadataNode;
import org.w3c.dom.Element;

/** The first image of a GIF file, at its position on the file's logical screen. */
final class GifFrame {
  private static final int SCREEN = 6;

  /** The memory in bytes for the decoder's tables. */
  private static final long BESIDE = 96 << 10;

  private GifFrame() {}

  static Image first(byte[] encoded, ImageReading reading) throws IOException {
    if (encoded.length < SCREEN + 4) {
      throw new IOException("the header is missing");
    }
    ByteBuffer header = ByteBuffer.wrap(encoded).order(ByteOrder.LITTLE_ENDIAN);
    int width = header.getShort(SCREEN) & 0xffff;
    int height = header.getShort(SCREEN + 2) & 0xffff;
    try (Decoder d = new Decoder("gif", encoded, reading)) {
      d.requirePixels();
      IIOMetadataNode root =
          (IIOMetadataNode) d.reader.getImageMetadata(0).getAsTree("javax_imageio_gif_image_1.0");
      Element place = (Element) root.getElementsByTagName("ImageDescriptor").item(0);
      int left = Integer.parseInt(place.getAttribute("imageLeftPosition"));
      int top = Integer.parseInt(place.getAttribute("imageTopPosition"));
      // some files declare an empty screen
      width = Math.max(width, left + d.reader.getWidth(0));
      height = Math.max(height, top + d.reader.getHeight(0));
      TooLargeException.check(width, height, reading.limits().pixels());
      long frame = (long) d.reader.getWidth(0) * d.reader.getHeight(0);
      long screen = (long) width * height;
      // palette indices, colors, and colors placed on the screen
      d.holdForRows(4 * frame + (screen == frame ? 0 : 3 * screen) + BESIDE, 1);
      Planes colors = Pixels.planes(d.image(), reading);
      return Canvas.placed(colors, height, width, top, left, reading).image();
    }
  }
}
