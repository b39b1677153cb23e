package dev.quern.fuzz.files;

import dev.quern.data.Dataset;
import dev.quern.fuzz.Attack;
import dev.quern.io.dataset.ImageFolder;
import dev.quern.io.dataset.ImageFolderBuilder;
import dev.quern.io.dataset.LabelKind;
import dev.quern.tensor.Size;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;

/** Folders of images: lists of labels, masks with names of classes, and the cache of pixels. */
final class FolderFormat implements Format {
  private static final String LABELS = "file,label,weight\na.png,cat,1\nb.png,\"d,og\",0.5\n";
  private static final String MULTI_LABEL = "file,label\na.png,cat;dog\nb.png,\n";
  private static final String NUMBERS = "file,label\na.png,1;2.5\nb.png,-3;4e2\n";
  private static final byte[] CLASSES = "sky\nground\n".getBytes(StandardCharsets.UTF_8);
  private static final List<String> ODD =
      List.of("\"", ",", "\n", ";", "\r", "../", "/etc/passwd", "NaN", "-1", "\u0000", "a.png", "");

  private final Scratch scratch;
  private final byte[] png;
  private final byte[] mask;
  private byte[] cache;

  FolderFormat(Scratch scratch) throws IOException {
    this.scratch = scratch;
    png = png(BufferedImage.TYPE_INT_RGB);
    mask = png(BufferedImage.TYPE_BYTE_GRAY);
  }

  private static byte[] png(int type) throws IOException {
    BufferedImage image = new BufferedImage(3, 2, type);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageIO.write(image, "png", out);
    return out.toByteArray();
  }

  @Override
  public boolean attack(Dice dice) throws Exception {
    Path root = scratch.empty("folder");
    return switch (dice.below(3)) {
      case 0 -> labels(root, dice);
      case 1 -> masks(root, dice);
      default -> cached(root, dice);
    };
  }

  private boolean labels(Path root, Dice dice) throws IOException {
    Files.write(root.resolve("a.png"), png);
    Files.write(root.resolve("b.png"), png);
    LabelKind kind = dice.of(List.of(LabelKind.values()));
    String base =
        kind == LabelKind.CLASS ? LABELS : kind == LabelKind.MULTI_LABEL ? MULTI_LABEL : NUMBERS;
    Path csv = scratch.file("labels.csv", damaged(base.getBytes(StandardCharsets.UTF_8), dice));
    ImageFolderBuilder b = ImageFolder.builder(root).size(Size.of(2)).labels(csv, kind);
    if (kind == LabelKind.CLASS && dice.oneIn(2)) {
      b.weights("weight");
    }
    return use(dice.oneIn(2) ? b.skipBroken() : b);
  }

  private boolean masks(Path root, Dice dice) throws IOException {
    Path images = Files.createDirectory(root.resolve("images"));
    Path masks = Files.createDirectory(root.resolve("masks"));
    for (String name : List.of("a.png", "b.png")) {
      Files.write(images.resolve(name), png);
    }
    Files.write(masks.resolve("a.png"), mask);
    Files.write(masks.resolve("b.png"), dice.oneIn(2) ? PngChunks.mutate(mask, dice) : mask);
    Files.write(root.resolve("classes.txt"), dice.oneIn(2) ? damaged(CLASSES, dice) : CLASSES);
    ImageFolderBuilder b = ImageFolder.builder(root).size(Size.of(2));
    return use(dice.oneIn(2) ? b.skipBroken() : b);
  }

  private boolean cached(Path root, Dice dice) throws IOException {
    for (String name : List.of("x", "y")) {
      Files.write(Files.createDirectory(root.resolve(name)).resolve("a.png"), png);
    }
    Path file = scratch.path("pixels.cache");
    Files.deleteIfExists(file);
    use(ImageFolder.builder(root).size(Size.of(2)).keptCache(file, 1 << 20));
    cache = Files.readAllBytes(file);
    Files.write(file, Bits.mutate(cache, CLASSES, dice));
    return use(ImageFolder.builder(root).size(Size.of(2)).keptCache(file, 1 << 20));
  }

  private static boolean use(ImageFolderBuilder builder) {
    try (ImageFolder folder = builder.open()) {
      Dataset all = folder.all();
      for (int i = 0; i < all.size(); i++) {
        for (byte pixel : all.image(i)) {
          if (pixel != 0) {
            throw new Attack.Finding("folder: a black image has the pixel " + pixel, null);
          }
        }
        Object label = all.hasTargets() ? all.target(i) : all.label(i);
        label.hashCode();
      }
    }
    return true;
  }

  private static byte[] damaged(byte[] base, Dice dice) {
    byte[] text = base;
    do {
      byte[] odd = dice.of(ODD).getBytes(StandardCharsets.UTF_8);
      int at = dice.below(text.length + 1);
      text = dice.oneIn(3) ? Bits.mutate(text, base, dice) : Bits.spliced(text, at, odd, at);
    } while (dice.again(3));
    return text;
  }
}
