package dev.quern.image.decode;

import dev.quern.data.Image;
import dev.quern.data.ImageReading;
import java.io.IOException;
import java.util.Arrays;

/** The image formats that the JDK's readers support, each with its signature. */
enum PictureFormat implements FileFormat {
  PNG(0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n') {
    @Override
    public Image read(byte[] encoded, ImageReading reading) throws IOException {
      try (Decoder d = new Decoder("png", encoded, reading)) {
        int orientation = PngChunks.orientation(encoded);
        d.requirePixels();
        d.holdForRows(PngHeader.bytes(encoded, orientation), 1);
        return Orientation.apply(Pixels.planes(d.image(), reading), orientation, reading);
      }
    }

    @Override
    public Image readMask(byte[] encoded, ImageReading reading) throws IOException {
      try (Decoder d = new Decoder("png", encoded, reading)) {
        int orientation = PngChunks.orientation(encoded);
        d.requirePixels();
        d.holdForRows(PngHeader.bytes(encoded, orientation), 1);
        return Orientation.apply(Pixels.numbers(d.image(), reading), orientation, reading);
      }
    }
  },
  JPEG(0xff, 0xd8, 0xff) {
    @Override
    public Image read(byte[] encoded, ImageReading reading) throws IOException {
      JpegHeader header = JpegHeader.of(encoded);
      JpegColors.requireKnown(header.components().length);
      try (Decoder d = new Decoder("jpeg", encoded, reading)) {
        d.requirePixels();
        int width = d.reader.getWidth(0);
        int height = d.reader.getHeight(0);
        long most = reading.limits().pixels();
        int scans = JpegScans.count(encoded, 0, encoded.length);
        JpegScans.require(scans, width, height, most);
        d.allowPasses(JpegScans.most(width, height, most));
        d.holdForRows(header.bytes(width, height, scans), 1 + scans);
        Planes planes = JpegColors.planes(d.raster(), header, reading);
        return Orientation.apply(planes, header.orientation(), reading);
      }
    }
  },
  GIF('G', 'I', 'F', '8') {
    @Override
    public Image read(byte[] encoded, ImageReading reading) throws IOException {
      return GifFrame.first(encoded, reading);
    }
  },
  BMP('B', 'M') {
    @Override
    public Image read(byte[] encoded, ImageReading reading) throws IOException {
      BmpHeader.requirePixelsInside(encoded);
      try (Decoder d = new Decoder("bmp", encoded, reading)) {
        d.requirePixels();
        long bytes = BmpHeader.bytes(encoded, d.reader.getWidth(0), d.reader.getHeight(0));
        d.holdForRows(bytes, 1);
        return Pixels.planes(d.image(), reading).image();
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
