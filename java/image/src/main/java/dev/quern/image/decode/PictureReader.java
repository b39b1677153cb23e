package dev.quern.image.decode;

/** The service that reads image files by the JDK's own readers. */
public final class PictureReader extends FormatsReader {
  /** Creates the service; called by the service loader. */
  public PictureReader() {
    super(PictureFormat.values());
  }
}
