package dev.quern.image.formats;

import com.twelvemonkeys.imageio.metadata.Entry;
import com.twelvemonkeys.imageio.metadata.tiff.TIFF;
import com.twelvemonkeys.imageio.plugins.tiff.TIFFImageMetadata;
import dev.quern.image.decode.JpegScans;
import dev.quern.image.decode.Orientation;
import dev.quern.image.decode.TooLargeException;
import java.io.IOException;
import java.util.Arrays;
import javax.imageio.ImageReader;
import javax.imageio.ImageTypeSpecifier;

/**
 * The tiles or strips of a TIFF file's first page. Their sizes are checked before the page is
 * decoded, to limit work and memory.
 *
 * @param width the width of the page; {@code height} is its height
 * @param tileWidth the width of a tile, or of the page if the page consists of strips
 */
record TiffTiles(
    TIFFImageMetadata fields, long width, long height, long tileWidth, long tileHeight) {
  private static final int OLD_JPEG = 6;
  private static final int JPEG = 7;
  private static final int PLANAR = 2;

  /** The number of pixels whose decoding takes as long as starting a tile. */
  private static final long TILE = 4096;

  /** The maximum work for a file, as a multiple of the pixel limit. */
  private static final long TIMES = 24;

  /** The size in bytes of the tables that the reader allocates for each tile. */
  private static final long GARBAGE = 1 << 19;

  /** The memory in bytes for the reader's tables. */
  private static final long BESIDE = 2 << 20;

  static TiffTiles of(ImageReader reader) throws IOException {
    if (!(reader.getImageMetadata(0) instanceof TIFFImageMetadata fields)) {
      throw new IOException("the image file directory is missing");
    }
    return new TiffTiles(
        fields,
        reader.getWidth(0),
        reader.getHeight(0),
        reader.getTileWidth(0),
        reader.getTileHeight(0));
  }

  /**
   * Checks that the work of decoding is within the limits.
   *
   * @throws IOException if the work is more than allowed, or the compression is not supported
   */
  void requireWork(byte[] encoded, long mostPixels) throws IOException {
    if (tileWidth < 1 || tileHeight < 1) {
      throw new IOException("the tiles have an invalid size, " + tileWidth + " x " + tileHeight);
    }
    TooLargeException.check(tileWidth, tileHeight, mostPixels);
    long most = Math.max(1, (TIMES * mostPixels - width * height) / TILE);
    if (count() > most) {
      throw new IOException(count() + " tiles or strips are more than " + most);
    }
    long compression = one(TIFF.TAG_COMPRESSION, 1);
    if (compression == OLD_JPEG) {
      throw new IOException("old-style JPEG compression is not supported");
    }
    if (compression == JPEG) {
      requireJpegs(encoded);
    }
  }

  private long count() {
    long each = (width + tileWidth - 1) / tileWidth * ((height + tileHeight - 1) / tileHeight);
    boolean planar = one(TIFF.TAG_PLANAR_CONFIGURATION, 1) == PLANAR;
    return planar ? each * Math.max(1, one(TIFF.TAG_SAMPLES_PER_PIXEL, 1)) : each;
  }

  /** Checks that the JPEG in each tile or strip fits the tile and is decoded in one pass. */
  private void requireJpegs(byte[] encoded) throws IOException {
    boolean tiled = fields.getTIFFField(TIFF.TAG_TILE_OFFSETS) != null;
    long[] offsets = all(tiled ? TIFF.TAG_TILE_OFFSETS : TIFF.TAG_STRIP_OFFSETS);
    long[] lengths = all(tiled ? TIFF.TAG_TILE_BYTE_COUNTS : TIFF.TAG_STRIP_BYTE_COUNTS);
    if (lengths.length != offsets.length) {
      throw new IOException(
          offsets.length + " tiles or strips do not match " + lengths.length + " lengths");
    }
    for (int i = 0; i < Math.min(count(), offsets.length); i++) {
      if (offsets[i] < 0 || lengths[i] < 1 || lengths[i] > encoded.length - offsets[i]) {
        throw new IOException("tile or strip " + i + " is outside the file");
      }
      int from = (int) offsets[i];
      JpegScans.requireOnePass(encoded, from, from + (int) lengths[i], tileWidth, tileHeight);
    }
  }

  /**
   * Returns an upper bound in bytes of the memory for decoding: the stored page, some rows, and the
   * image.
   */
  long bytes(ImageTypeSpecifier type, int orientation) {
    int sample = Arrays.stream(type.getColorModel().getComponentSize()).max().orElse(8) > 8 ? 2 : 1;
    long pixel = (long) type.getNumBands() * sample;
    long image = width * height * (type.getNumBands() == 1 && isGrey(type) ? 1 : 3);
    long tile = one(TIFF.TAG_COMPRESSION, 1) == JPEG ? 2 * pixel * tileWidth * tileHeight : 0;
    long rows = 16 * pixel * tileWidth;
    return pixel * width * height
        + image
        + Orientation.bytes(orientation, image)
        + tile
        + rows
        + BESIDE;
  }

  private static boolean isGrey(ImageTypeSpecifier type) {
    return type.getColorModel().getColorSpace().getType() == java.awt.color.ColorSpace.TYPE_GRAY;
  }

  /** Returns an upper bound in bytes of the garbage that the reader allocates while decoding. */
  long garbage() {
    return GARBAGE * Math.min(count(), Integer.MAX_VALUE) + 64 * width * height;
  }

  int orientation() {
    return (int) one(TIFF.TAG_ORIENTATION, Orientation.UPRIGHT);
  }

  /** Returns the first number of a field; {@code otherwise} if the field is missing. */
  private long one(int tag, long otherwise) {
    long[] all = all(tag);
    return all.length == 0 ? otherwise : all[0];
  }

  /**
   * Returns the numbers of a field, whose array type depends on the reader; empty if the field is
   * missing.
   */
  private long[] all(int tag) {
    Entry entry = fields.getTIFFField(tag);
    Object value = entry == null ? null : entry.getValue();
    if (value instanceof Number n) {
      return new long[] {n.longValue()};
    }
    if (value instanceof long[] longs) {
      return longs;
    }
    if (value instanceof int[] ints) {
      return Arrays.stream(ints).asLongStream().toArray();
    }
    if (value instanceof short[] shorts) {
      long[] all = new long[shorts.length];
      Arrays.setAll(all, i -> shorts[i] & 0xffff);
      return all;
    }
    return new long[0];
  }
}
