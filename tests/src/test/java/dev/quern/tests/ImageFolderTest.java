package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.data.Dataset;
import dev.quern.data.Image;
import dev.quern.data.Preprocessing;
import dev.quern.engine.Engine;
import dev.quern.error.ClosedException;
import dev.quern.error.FileAccessException;
import dev.quern.error.FormatException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.NotFoundException;
import dev.quern.error.UserCodeException;
import dev.quern.io.ImageFolder;
import dev.quern.io.ImageFolderBuilder;
import dev.quern.io.LabelKind;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folders of pictures as data sets. */
class ImageFolderTest {
  private static final Size SIZE = new Size(4, 5);

  @TempDir Path dir;

  /** A grey picture, each of another value. */
  private Path picture(String name, int value) throws IOException {
    Path file = dir.resolve(name);
    Files.createDirectories(file.getParent());
    BufferedImage image = new BufferedImage(6, 9, BufferedImage.TYPE_BYTE_GRAY);
    for (int i = 0; i < 54; i++) {
      image.getRaster().setSample(i % 6, i / 6, 0, (value + i) & 0xff);
    }
    ImageIO.write(image, name.substring(name.lastIndexOf('.') + 1), file.toFile());
    return file;
  }

  private ImageFolderBuilder builder() {
    return ImageFolder.builder(dir).size(SIZE);
  }

  private void classes(int... counts) throws IOException {
    for (int c = 0; c < counts.length; c++) {
      for (int i = 0; i < counts[c]; i++) {
        picture((char) ('a' + c) + "/" + (100 + i) + ".png", 20 * i + c);
      }
    }
  }

  private static List<Integer> labels(Dataset data) {
    List<Integer> all = new ArrayList<>();
    for (int i = 0; i < data.size(); i++) {
      all.add(data.label(i));
    }
    return all;
  }

  @Test
  void subfoldersAreClassesSortedByName() throws IOException {
    picture("dog/1.png", 1);
    picture("cat/9.BMP".toLowerCase(), 2);
    picture("cat/deep/er/2.gif", 3);
    picture("ant/1.png", 4);
    picture("dog/.hidden.png", 5);
    picture(".git/1.png", 6);
    picture("dog/.cache/1.png", 6);
    picture("beside.png", 7);
    Files.writeString(dir.resolve("dog/notes.txt"), "no picture");
    Files.writeString(dir.resolve("dog/png"), "no picture");
    try (ImageFolder folder = builder().open()) {
      assertThat(folder.classes()).containsExactly("ant", "cat", "dog");
      assertThat(folder.counts()).isEqualTo(Map.of("ant", 1, "cat", 2, "dog", 1));
      assertThat(labels(folder.all())).containsExactly(0, 1, 1, 2);
      assertThat(folder.train().size()).isEqualTo(4);
      assertThat(folder.test().size() + folder.validation().size()).isZero();
      assertThat(folder.broken()).isEmpty();
      assertThat(folder.name()).isEqualTo(dir.getFileName().toString());
      assertThat(folder.all().shape()).isEqualTo(Shape.of(3, 4, 5));
      assertThat(folder).hasToString("ImageFolder " + folder.name() + ": 4 images, 3 classes");
    }
    assertThat(ImageFolder.files(dir)).hasSize(5).contains(dir.resolve("beside.png"));
    assertThat(ImageFolder.files(dir.resolve("dog"))).containsExactly(dir.resolve("dog/1.png"));
  }

  @Test
  void samplesAreWhatPreprocessingMakes() throws IOException {
    classes(3, 2);
    for (Preprocessing.Fit fit : Preprocessing.Fit.values()) {
      for (long cache : new long[] {0, 100, 1 << 20}) {
        try (ImageFolder folder = builder().fit(fit).cache(cache).open()) {
          Preprocessing how = folder.preprocessing();
          assertThat(how.fit()).isEqualTo(fit);
          assertThat(how.size()).isEqualTo(SIZE);
          List<Path> files = ImageFolder.files(dir);
          for (int i = 0; i < files.size(); i++) {
            byte[] pixels = how.resized(Image.read(files.get(i)), Shape.of(3, 4, 5)).pixels();
            assertThat(folder.all().image(i)).isEqualTo(pixels);
          }
          assertThat(how.normalization()).isEqualTo(copy(folder.train()).normalization());
        }
      }
    }
  }

  /** The same in arrays. */
  private static Dataset copy(Dataset data) {
    int each = (int) data.shape().elements();
    byte[] all = new byte[data.size() * each];
    int[] labels = new int[data.size()];
    for (int i = 0; i < labels.length; i++) {
      System.arraycopy(data.image(i), 0, all, i * each, each);
      labels[i] = data.label(i);
    }
    return Dataset.of(data.name(), data.shape(), data.classes(), all, labels);
  }

  @Test
  void viewsAreThoseOfArrays() throws IOException {
    classes(6, 5);
    try (ImageFolder folder = builder().open()) {
      Dataset own = folder.all();
      Dataset array = copy(own);
      for (int v = 0; v < 3; v++) {
        Dataset a = view(own, v);
        Dataset b = view(array, v);
        assertThat(labels(a)).isEqualTo(labels(b));
        assertThat(a.image(2)).isEqualTo(b.image(2));
        assertThat(a.normalization()).isEqualTo(b.normalization());
      }
      assertThatThrownBy(() -> own.slice(0, 12)).isInstanceOf(InvalidArgumentException.class);
      assertThatThrownBy(() -> own.subset(null)).hasMessageContaining("indices is null");
      for (Dataset d : List.of(own, array)) {
        assertThatThrownBy(() -> d.subset(new int[] {11}))
            .isInstanceOf(InvalidArgumentException.class)
            .hasMessageContaining("image 11 is outside [0, 11)");
      }
    }
  }

  private static Dataset view(Dataset data, int which) {
    return switch (which) {
      case 0 -> data.shuffled(3).slice(2, 9);
      case 1 -> data.slice(1, 8).shuffled(4);
      default -> data.subset(new int[] {10, 0, 0, 3}).subset(new int[] {3, 1, 0});
    };
  }

  @Test
  void ratioHoldsForEachClass() throws IOException {
    classes(10, 5, 2, 1);
    try (ImageFolder folder = builder().split(0.8, 7).open()) {
      assertThat(labels(folder.train())).containsExactly(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 3);
      assertThat(labels(folder.test())).containsExactly(0, 0, 1, 2);
      assertThat(images(folder.train())).doesNotContainAnyElementsOf(images(folder.test()));
      try (ImageFolder again = builder().split(0.8, 7).cache(0).open();
          ImageFolder other = builder().split(0.8, 8).open()) {
        assertThat(images(again.test())).isEqualTo(images(folder.test()));
        assertThat(images(other.test())).isNotEqualTo(images(folder.test()));
      }
    }
    try (ImageFolder all = builder().split(1, 7).open();
        ImageFolder none = builder().split(0, 7).open()) {
      assertThat(all.test().size()).isZero();
      assertThat(none.train().size()).isZero();
      assertThat(none.preprocessing()).isEqualTo(all.preprocessing());
    }
  }

  private static List<String> images(Dataset data) {
    List<String> all = new ArrayList<>();
    for (int i = 0; i < data.size(); i++) {
      all.add(Arrays.toString(data.image(i)));
    }
    return all;
  }

  @Test
  void foldersOfParts() throws IOException {
    picture("train/cat/1.png", 1);
    picture("train/dog/1.png", 2);
    picture("val/cat/1.png", 3);
    picture("test/dog/1.png", 4);
    picture("test/eel/1.png", 5);
    try (ImageFolder folder = builder().split(0.5, 1).open()) {
      assertThat(folder.classes()).containsExactly("cat", "dog", "eel");
      assertThat(labels(folder.train())).containsExactly(0, 1);
      assertThat(labels(folder.validation())).containsExactly(0);
      assertThat(labels(folder.test())).containsExactly(1, 2);
    }
    picture("bus/1.png", 1); // then they are classes of vehicles
    try (ImageFolder folder = builder().open()) {
      assertThat(folder.classes()).containsExactly("bus", "test", "train", "val");
    }
  }

  @Test
  void listOfLabels() throws IOException {
    picture("x/1.png", 1);
    picture("x/2, \"two\".png", 2);
    picture("3.png", 3);
    Path csv =
        Files.writeString(
            dir.resolve("labels.csv"),
            "\ufefflabel,note,file,split\r\n\"b\",,x/1.png,train\r\n\r\n"
                + "a,\"two\nlines\",\"x/2, \"\"two\"\".png\",test\r\nb,,3.png,val");
    try (ImageFolder folder = builder().labels(csv).open()) {
      assertThat(folder.classes()).containsExactly("a", "b");
      assertThat(labels(folder.all())).containsExactly(1, 0, 1);
      assertThat(labels(folder.train())).containsExactly(1);
      assertThat(labels(folder.validation())).containsExactly(1);
      assertThat(labels(folder.test())).containsExactly(0);
    }
  }

  @Test
  void severalLabelsAndNumbersAreTargets() throws IOException {
    for (int i = 1; i <= 4; i++) {
      picture(i + ".png", 10 * i);
    }
    Path csv =
        Files.writeString(
            dir.resolve("l.csv"),
            "file,label,split\n1.png,b;a,train\n2.png,,train\n3.png,c; ,val\n4.png,a,test\n");
    try (ImageFolder folder = builder().labels(csv, LabelKind.SEVERAL).split(0.5, 1).open()) {
      assertThat(folder.classes()).containsExactly("a", "b", "c");
      assertThat(folder.counts()).isEqualTo(Map.of("a", 2, "b", 1, "c", 1));
      Dataset train = folder.train();
      assertThat(train.hasTargets()).isTrue();
      assertThat(train.targetShape()).isEqualTo(Shape.of(3));
      assertThat(train.target(0)).containsExactly(1, 1, 0);
      assertThat(train.target(1)).containsExactly(0, 0, 0);
      assertThat(folder.test().target(0)).containsExactly(1, 0, 0);
      assertThat(train)
          .hasToString("Dataset " + folder.name() + ": 2 images of 3x4x5, targets of 3");
      assertThatThrownBy(() -> train.label(0)).hasMessageContaining("it has targets, not labels");
      assertThatThrownBy(() -> train.target(2)).isInstanceOf(InvalidArgumentException.class);
      assertThatThrownBy(() -> train.copyTarget(0, FloatBuffer.allocate(2)))
          .hasMessageContaining("no room for 3 values");
    }
    Files.writeString(csv, "file,label\n1.png,1.5;-2\n2.png,3e2;0\n3.png,1;1\n4.png,2;2\n");
    try (ImageFolder folder = builder().labels(csv, LabelKind.NUMBERS).split(0.5, 1).open()) {
      assertThat(folder.classes()).isEmpty();
      assertThat(folder.all().target(1)).containsExactly(300, 0);
      assertThat(folder.test().size()).isEqualTo(2);
    }
    for (String bad : List.of("1.png,x", "1.png,NaN", "1.png,1\n2.png,1;2", "1.png,;")) {
      Files.writeString(csv, "file,label\n" + bad);
      assertThatThrownBy(() -> builder().labels(csv, LabelKind.NUMBERS).open())
          .as(bad)
          .isInstanceOf(FormatException.class)
          .hasMessageContaining("label ");
    }
    Files.writeString(csv, "file,label\n1.png,");
    assertThatThrownBy(() -> builder().labels(csv, LabelKind.SEVERAL).open())
        .hasMessageContaining("no picture has a label");
  }

  @Test
  void badListsAreRefused() throws IOException {
    picture("1.png", 1);
    Map<String, String> lines =
        Map.of(
            "name,label\n1.png,a", "has not the columns file and label",
            "file,label\n1.png", "line 2 has 1 cells, the header has 2",
            "file,label\n1.png,", "line 2 has no label",
            "file,label\n\n../1.png,a", "line 3 has the file \"../1.png\", which is none in",
            "file,label\n/etc/passwd,a", "which is none in",
            "file,label\n1.png,a\n1.png,b", "for the second time",
            "file,label\n\"1.png,a", "line 2: a quote is not closed",
            "file,label\n\"1.png\"x,a", "text behind a closing quote",
            "file,label,split\n1.png,a,dev", "the split dev, not train, val or test",
            "", "has not the columns");
    lines.forEach(
        (text, message) -> {
          Path csv = dir.resolve("labels.csv");
          try {
            Files.writeString(csv, text);
          } catch (IOException e) {
            throw new AssertionError(e);
          }
          assertThatThrownBy(() -> builder().labels(csv).open())
              .as(text)
              .isInstanceOf(FormatException.class)
              .hasMessageContaining(message);
        });
    assertThatThrownBy(() -> builder().labels(dir.resolve("none.csv")).open())
        .isInstanceOf(NotFoundException.class);
    Path csv = Files.writeString(dir.resolve("labels.csv"), "file,label\n2.png,a\n1.png,b");
    assertThatThrownBy(() -> builder().labels(csv).open())
        .hasMessageContaining("1 of 2 files are broken")
        .hasMessageContaining("2.png (there is no such file)");
  }

  @Test
  void brokenFilesAreNamedOrSkipped() throws IOException {
    classes(20, 20);
    Set<Path> broken = new HashSet<>();
    for (int i = 0; i < 12; i++) {
      Path file = dir.resolve("b/" + (100 + i) + ".png");
      byte[] bytes = Files.readAllBytes(file);
      Files.write(file, i == 0 ? new byte[0] : Arrays.copyOf(bytes, bytes.length - 40));
      broken.add(file);
    }
    assertThatThrownBy(() -> builder().open())
        .isInstanceOf(FormatException.class)
        .hasMessageContaining(
            ": 12 of 40 files are broken: " + dir.resolve("b/100.png") + " (not a")
        .hasMessageContaining("109.png (damaged PNG")
        .hasMessageEndingWith("; and 2 more")
        .hasMessageNotContaining("110.png");
    for (long cache : new long[] {0, 1 << 20}) {
      try (ImageFolder folder = builder().skipBroken().cache(cache).open()) {
        assertThat(folder.counts()).isEqualTo(Map.of("a", 20, "b", 8));
        assertThat(folder.all().size()).isEqualTo(28);
        assertThat(folder.broken()).extracting(b -> b.path()).hasSameElementsAs(broken);
        assertThat(folder.preprocessing().normalization())
            .isEqualTo(copy(folder.train()).normalization());
      }
    }
  }

  @Test
  void linksDoNotLeaveTheFolder() throws IOException {
    Path outside = picture("outside/1.png", 1);
    Path in = Files.createDirectories(dir.resolve("in"));
    picture("in/a/1.png", 2);
    Files.createSymbolicLink(in.resolve("a/inside.png"), in.resolve("a/1.png"));
    ImageFolderBuilder builder = ImageFolder.builder(in).size(SIZE);
    try (ImageFolder folder = builder.open()) {
      assertThat(folder.all().size()).isEqualTo(2);
    }
    Files.createSymbolicLink(in.resolve("a/out.png"), outside);
    Files.createSymbolicLink(in.resolve("a/none.png"), in.resolve("a/gone.png"));
    Files.createSymbolicLink(in.resolve("a/up"), in);
    Files.createSymbolicLink(in.resolve("b"), outside.getParent());
    Files.createSymbolicLink(in.resolve("a/out.txt"), outside);
    assertThatThrownBy(builder::open)
        .hasMessageContaining("4 of 6 files are broken")
        .hasMessageContaining("out.png (a link that leads out of the folder)")
        .hasMessageContaining("none.png (a link to nothing)")
        .hasMessageContaining("a/up (a link to a folder, which is not followed)")
        .hasMessageContaining("in/b (a link to a folder, which is not followed)");
    Path list = Files.writeString(in.resolve("l.csv"), "file,label\na/1.png,x\na/out.png,x\n");
    assertThatThrownBy(() -> builder.labels(list).open())
        .hasMessageContaining("out.png (a link that leads out of the folder)");
    Path link = Files.createSymbolicLink(dir.resolve("link"), in); // of the user's own
    try (ImageFolder folder = ImageFolder.builder(link).size(SIZE).skipBroken().open()) {
      assertThat(folder.all().size()).isEqualTo(2);
    }
    assertThat(ImageFolder.files(link)).hasSize(2);
  }

  @Test
  void classesMayBeGiven() throws IOException {
    classes(1, 2);
    try (ImageFolder folder = builder().classes(List.of("z", "b", "a")).open()) {
      assertThat(labels(folder.all())).containsExactly(2, 1, 1);
      assertThat(folder.counts()).isEqualTo(Map.of("z", 0, "b", 2, "a", 1));
    }
    assertThatThrownBy(() -> builder().classes(List.of("a")).open())
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("class b is not one of [a]");
  }

  @Test
  void whatIsNoFolderOfPicturesIsRefused() throws IOException {
    assertThatThrownBy(() -> ImageFolder.builder(dir.resolve("none")).size(SIZE).open())
        .isInstanceOf(NotFoundException.class);
    Path file = picture("a/1.png", 1);
    assertThatThrownBy(() -> ImageFolder.builder(file).size(SIZE).open())
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("is not a folder");
    assertThatThrownBy(() -> ImageFolder.builder(dir).open())
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("no size is said");
    Files.createDirectories(dir.resolve("b"));
    assertThatThrownBy(() -> builder().open())
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("class b has no pictures");
    assertThatThrownBy(() -> ImageFolder.builder(dir.resolve("b")).size(SIZE).open())
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("has no subfolder for each class");
  }

  @Test
  void cacheInAFile() throws IOException {
    classes(7, 6);
    Path file = dir.resolve("pixels");
    for (long bytes : new long[] {0, 100, 1 << 20}) {
      ImageFolder folder = builder().cacheFile(file, bytes).open();
      try (ImageFolder plain = builder().open()) {
        assertThat(Files.size(file)).isEqualTo(Math.min(13 * 60, bytes / 60 * 60));
        assertThat(images(folder.all())).isEqualTo(images(plain.all()));
        assertThatThrownBy(() -> builder().cacheFile(file, bytes).open())
            .isInstanceOf(FileAccessException.class)
            .hasMessageContaining("it exists already");
        folder.close();
        assertThat(file).doesNotExist();
        if (bytes > 100) {
          assertThatThrownBy(() -> folder.all().image(0)).isInstanceOf(ClosedException.class);
        }
      }
    }
    Path broken = Files.write(dir.resolve("a/x.png"), new byte[0]);
    assertThatThrownBy(() -> builder().cacheFile(file, 1000).open())
        .hasMessageContaining(broken.toString());
    assertThat(file).doesNotExist();
    try (ImageFolder folder = builder().skipBroken().cacheFile(file, 1000).open()) {
      Files.write(file, new byte[10]);
      assertThatThrownBy(() -> folder.all().image(3))
          .isInstanceOf(FileAccessException.class)
          .hasMessageContaining("was cut short");
    }
  }

  @Test
  void decodingGoesOnWhereTheCacheEnds() throws IOException {
    classes(8, 8);
    try (ImageFolder folder = builder().cache(5 * 60).open()) {
      assertThat(folder.all().readers()).isEqualTo(Engine.info().threads());
      Path gone = dir.resolve("b/103.png");
      byte[] first = folder.all().image(0);
      Files.delete(dir.resolve("a/100.png")); // which is kept
      assertThat(folder.all().image(0)).isEqualTo(first);
      Files.delete(gone);
      assertThatThrownBy(() -> folder.all().image(11))
          .isInstanceOf(NotFoundException.class)
          .hasMessageContaining(gone.toString());
    }
  }

  @Test
  void listenersHearAndMayThrow() throws IOException {
    classes(30, 30);
    List<Integer> heard = new ArrayList<>();
    builder()
        .listener(
            (done, all) -> {
              assertThat(all).isEqualTo(60);
              heard.add(done);
            })
        .open()
        .close();
    assertThat(heard).isSorted().endsWith(60);
    assertThatThrownBy(
            () ->
                builder()
                    .listener(
                        (done, all) -> {
                          throw new IllegalStateException("mine");
                        })
                    .open())
        .isInstanceOf(UserCodeException.class)
        .hasRootCauseMessage("mine");
  }
}
