/** Reading of image files, and conversion to and from java.awt's images. */
@SuppressWarnings("module") // of formats, which is built later
module dev.quern.image {
  requires transitive dev.quern;
  requires transitive java.desktop;
  requires java.management;
  requires jdk.management;
  requires static org.jspecify;

  exports dev.quern.image;
  exports dev.quern.image.decode to
      dev.quern.image.formats;

  provides dev.quern.data.ImageReader with
      dev.quern.image.decode.PictureReader;
}
