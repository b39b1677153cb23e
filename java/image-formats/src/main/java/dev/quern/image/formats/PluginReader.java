package dev.quern.image.formats;

import dev.quern.image.decode.FormatsReader;

/** The service: WebP and TIFF. */
public final class PluginReader extends FormatsReader {
  /** Is called by the service loader. */
  public PluginReader() {
    super(new WebpFormat(), new TiffFormat());
  }
}
