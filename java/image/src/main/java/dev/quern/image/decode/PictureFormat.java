package dev.quern.image.decode;

import dev.quern.data.Image;
import java.io.IOException;
import java.util.Arrays;

/** The formats of the JDK, each with its first bytes. */
enum PictureFormat implements FileFormat {
  PNG(0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n') {
    @Override
    public Image read(byte[] encoded, long most) throws IOException {
      try (Decoder d = new Decoder("png", encoded)) {
        d.requirePixels(most);
        return Orientation.apply(Pixels.of(d.image()), PngExif.orientation(encoded));
      }
    }

    @Override
    public Image readMask(byte[] encoded, long most) throws IOException {
      try (Decoder d = new Decoder("png", encoded)) {
        d.requirePixels(most);
        return Orientation.apply(Pixels.numbers(d.image()), PngExif.orientation(encoded));
      }
    }
  },
  JPEG(0xff, 0xd8, 0xff) {
    @Override
    public Image read(byte[] encoded, long most) throws IOException {
      JpegHeader header = JpegHeader.of(encoded);
      try (Decoder d = new Decoder("jpeg", encoded)) {
        d.requirePixels(most);
        return Orientation.apply(JpegColors.image(d.raster(), header), header.orientation());
      }
    }
  },
  GIF('G', 'I', 'F', '8') {
    @Override
    public Image read(byte[] encoded, long most) throws IOException {
      return GifFrame.first(encoded, most);
    }
  },
  BMP('B', 'M') {
    @Override
    public Image read(byte[] encoded, long most) throws IOException {
      BmpHeader.requirePixelsInside(encoded);
      try (Decoder d = new Decoder("bmp", encoded)) {
        d.requirePixels(most);
        return Pixels.of(d.image());
      }
    }
  };

  private final byte[] begin;

  PictureFormat(int... begin) {
    this.begin = new byte[begin.length];
    for (int i = 0; i < begin.length; i++) {
      this.begin[i] = (byte) begin[i];
    }
  }

  @Override
  public boolean begins(byte[] encoded) {
    int n = begin.length;
    return encoded.length >= n && Arrays.equals(begin, 0, n, encoded, 0, n);
  }
}
