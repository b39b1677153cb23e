package dev.quern.image.decode;

/** The service: what the JDK's own readers read. */
public final class PictureReader extends FormatsReader {
  /** Is called by the service loader. */
  public PictureReader() {
    super(PictureFormat.values());
  }
}
