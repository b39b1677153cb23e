/** Support for WebP and TIFF in {@code Image.read}, by the ImageIO plug-ins of TwelveMonkeys. */
module dev.quern.image.formats {
  requires dev.quern;
  requires dev.quern.image;
  requires com.twelvemonkeys.imageio.core;
  requires com.twelvemonkeys.imageio.metadata;
  requires com.twelvemonkeys.imageio.tiff;
  requires com.twelvemonkeys.imageio.webp;
  requires static org.jspecify;

  provides dev.quern.data.ImageReader with
      dev.quern.image.formats.PluginReader;
}
