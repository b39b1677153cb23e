/** Pictures: files of several formats, and those of java.awt, as Quern's images. */
module dev.quern.image {
  requires transitive dev.quern;
  requires transitive java.desktop;
  requires static org.jspecify;

  exports dev.quern.image;

  provides dev.quern.data.ImageReader with
      dev.quern.image.decode.PictureReader;
}
