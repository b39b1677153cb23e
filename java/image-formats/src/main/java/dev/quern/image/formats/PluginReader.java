package dev.quern.image.formats;

import dev.quern.image.decode.FormatsReader;

/** The service that reads WebP and TIFF files. */
public final class PluginReader extends FormatsReader {
  /** Creates the service; called by the service loader. */
  public PluginReader() {
    super(new WebpFormat(), new TiffFormat());
  }
}
