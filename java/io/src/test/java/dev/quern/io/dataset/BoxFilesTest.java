package dev.quern.io.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.detect.Box;
import dev.quern.detect.BoxSample;
import dev.quern.detect.BoxSet;
import dev.quern.detect.GroundTruthBox;
import dev.quern.error.FormatException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.NotFoundException;
import dev.quern.error.QuernException;
import dev.quern.tensor.Size;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BoxFilesTest {
  private static final Path PICTURES = Path.of("pictures");

  private static final String COCO =
      """
      {"info": {"year": 2017, "any": [1, {"x": null}]},
       "annotations": [
        {"id": 1, "image_id": 7, "category_id": 90, "bbox": [10, 20.5, 30, 40], "area": 700.25,
         "iscrowd": 0, "segmentation": [[1, 2, 3, 4]]},
        {"id": 2, "image_id": 7, "category_id": 3, "bbox": [0, 0, 5, 6], "iscrowd": 1,
         "segmentation": {"counts": "abc", "size": [1, 2]}}],
       "images": [
        {"id": 9, "file_name": "b/two.jpg", "width": 64, "height": 48, "license": 1},
        {"id": 7, "file_name": "one.jpg", "width": 640, "height": 480}],
       "categories": [
        {"id": 90, "name": "tooth brush", "supercategory": "x"}, {"id": 3, "name": "car"}]}
      """;

  private static final String VOC =
      """
      <?xml version="1.0" encoding="UTF-8"?>
      <!-- a picture -->
      <annotation>
        <folder>VOC2012</folder>
        <filename>one.jpg</filename>
        <size><width>500</width><height>375</height><depth>3</depth></size>
        <object>
          <name>dog</name>
          <part><name>head</name><bndbox><xmin>9</xmin></bndbox></part>
          <bndbox><xmin>1</xmin><ymin>2.5</ymin><xmax>500</xmax><ymax>375</ymax></bndbox>
        </object>
        <object>
          <name>cat &amp; co</name><difficult>1</difficult>
          <bndbox><ymax>20</ymax><xmax>10</xmax><ymin>11</ymin><xmin>6</xmin></bndbox>
        </object>
      </annotation>
      """;

  @TempDir Path dir;

  private BoxSet coco(String text) {
    try {
      return BoxFiles.coco(Files.writeString(dir.resolve("instances.json"), text), PICTURES);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private BoxSet voc(String text, String... classes) {
    try {
      Files.writeString(dir.resolve("one.xml"), text);
      return BoxFiles.voc(dir, PICTURES, classes);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void cocos() {
    BoxSet set = coco(COCO);
    assertThat(set.classes()).containsExactly("car", "tooth brush");
    List<GroundTruthBox> boxes =
        List.of(
            new GroundTruthBox(new Box(10, 20.5, 40, 60.5), 1, false, 700.25),
            new GroundTruthBox(new Box(0, 0, 5, 6), 0, true, 30));
    assertThat(set.samples())
        .containsExactly(
            new BoxSample(PICTURES.resolve("b/two.jpg"), new Size(48, 64), List.of()),
            new BoxSample(PICTURES.resolve("one.jpg"), new Size(480, 640), boxes));
    assertThat(set.slice(1, 2).samples()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[10, 20.5, 30, 40] | [10, 20, 30] | annotations 1: bbox is not four numbers",
        "[10, 20.5, 30, 40] | [10, 20, 30, 40, 50] | annotations 1: bbox is not four numbers",
        "[10, 20.5, 30, 40] | [10, 20, -30, 40] | annotations 1: box: left 10.0",
        "[10, 20.5, 30, 40] | [1e99, 0, 1, 1] | annotations 1: box: left 1.0E99",
        "[10, 20.5, 30, 40] | [\"a\", 0, 1, 1] | annotations 1: bbox is not four numbers",
        "[10, 20.5, 30, 40] | 7 | annotations 1: bbox is not four numbers",
        "700.25 | -1 | annotations 1: ground truth box: area -1.0",
        "700.25 | \"a\" | annotations 1: area is not a number",
        "\"image_id\": 7, \"category_id\": 90 | \"image_id\": 8, \"category_id\": 90 |"
            + " annotations 1: unknown image 8",
        "\"category_id\": 3 | \"category_id\": 4 | annotations 2: unknown category 4",
        "\"category_id\": 3, | '' | annotations 2: category_id is missing",
        "\"id\": 9 | \"id\": 7 | images 2: id 7 occurs twice",
        "\"id\": 9 | \"id\": 1.5 | images 1: id is not an integer",
        "\"width\": 640 | \"width\": 0 | images 2: a side of 0 is not a valid image size",
        "\"width\": 640 | \"width\": 1e3 | images 2: width is not an integer",
        "\"one.jpg\" | \"../one.jpg\" | images 2: file name \"../one.jpg\" is not inside pictures",
        "\"one.jpg\" | \"/etc/passwd\" | images 2: file name \"/etc/passwd\" is not inside pictures",
        "\"one.jpg\" | \"a\\u0000b\" | is not inside pictures",
        "\"one.jpg\" | \"\" | is not inside pictures",
        "\"one.jpg\" | null | images 2: file_name is neither a string nor a number",
        "\"name\": \"car\" | \"nam\": \"car\" | categories 2: name is missing",
        "\"images\": [ | \"images\": [7, | images 1 is not an object",
        "\"annotations\": [ | \"annotations\": {\"a\": [ |" + " annotations is not an array",
        "\"annotations\" | \"images\" | not JSON",
      })
  void cocosThatAreBroken(String part, String by, String message) {
    assertThat(COCO).contains(part);
    assertThatThrownBy(() -> coco(COCO.replace(part, by)))
        .isInstanceOf(FormatException.class)
        .hasMessageStartingWith("boxes: " + dir.resolve("instances.json") + ": ")
        .hasMessageContaining(message);
  }

  @Test
  void noCoco() throws IOException {
    byte[] utf32 = {0, 0, 0, '{', 127, 127, 127, 127};
    Path odd = Files.write(dir.resolve("odd.json"), utf32);
    assertThatThrownBy(() -> BoxFiles.coco(odd, PICTURES)).isInstanceOf(FormatException.class);
    for (String text : List.of("", "[]", "7", "{}", "{\"images\": 1}", COCO + "x", COCO + "{}")) {
      assertThatThrownBy(() -> coco(text)).as(text).isInstanceOf(FormatException.class);
    }
    String deep = "{\"a\": " + "[".repeat(100_000);
    assertThatThrownBy(() -> coco(deep)).isInstanceOf(FormatException.class);
    assertThatThrownBy(() -> BoxFiles.coco(dir.resolve("none.json"), PICTURES))
        .isInstanceOf(NotFoundException.class);
    assertThatThrownBy(() -> BoxFiles.coco(dir, PICTURES))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("is not a regular file");
  }

  @Test
  void vocs() throws IOException {
    Files.writeString(dir.resolve("notes.txt"), "no annotation");
    BoxSet set = voc(VOC);
    assertThat(set.classes()).containsExactly("cat & co", "dog");
    List<GroundTruthBox> boxes =
        List.of(
            new GroundTruthBox(new Box(0, 1.5, 500, 375), 1),
            new GroundTruthBox(new Box(5, 10, 10, 20), 0, true));
    assertThat(set.samples())
        .containsExactly(new BoxSample(PICTURES.resolve("one.jpg"), new Size(375, 500), boxes));
    assertThat(voc(VOC, "dog", "cat & co", "bird").samples().get(0).boxes().get(0).classIndex())
        .isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "<name>dog</name> | '' | element name is missing",
        "<xmin>1</xmin> | '' | element bndbox/xmin is missing",
        "<xmin>1</xmin> | <xmin>one</xmin> | element bndbox/xmin: \"one\" is not a number",
        "<xmin>1</xmin> | <xmin>999</xmin> | box: left 998.0",
        "<width>500</width> | <width>-3</width> | a side of -3 is not a valid image size",
        "<width>500</width> | '' | element size/width is missing",
        "one.jpg | ../../one.jpg | file name \"../../one.jpg\" is not inside pictures",
        "&amp; | &other; | ''",
        "</annotation> | '' | not XML",
        "<annotation> | <!DOCTYPE a [<!ENTITY b SYSTEM \"file:/etc/passwd\">]><annotation> |"
            + " a document type is not supported",
        "<folder> | <folder><<> | not XML",
      })
  void vocsThatAreBroken(String part, String by, String message) {
    assertThat(VOC).contains(part);
    assertThatThrownBy(() -> voc(VOC.replace(part, by)))
        .isInstanceOf(FormatException.class)
        .hasMessageStartingWith("boxes: " + dir.resolve("one.xml") + ": ")
        .hasMessageContaining(message);
  }

  @Test
  void noVoc() {
    assertThatThrownBy(() -> voc(VOC, "dog"))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("\"cat & co\" is not one of the classes");
    assertThatThrownBy(() -> voc("<a>".repeat(100_000))).isInstanceOf(FormatException.class);
    assertThatThrownBy(() -> BoxFiles.voc(dir.resolve("none"), PICTURES))
        .isInstanceOf(NotFoundException.class);
    // entities that grow are never asked for
    String bomb =
        "<!DOCTYPE a [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]><annotation>&b;"
            + "</annotation>";
    assertThatThrownBy(() -> voc(bomb)).isInstanceOf(FormatException.class);
  }

  @Test
  void noByteMakesMoreOfThemThanATypedError() throws IOException {
    Random random = new Random(1);
    Path annotations = Files.createDirectories(dir.resolve("voc"));
    for (int round = 0; round < 3000; round++) {
      boolean json = round % 2 == 0;
      byte[] bytes = (json ? COCO : VOC).getBytes(StandardCharsets.UTF_8);
      for (int i = 0; i <= random.nextInt(4); i++) {
        bytes[random.nextInt(bytes.length)] =
            (byte)
                (random.nextInt(4) == 0
                    ? random.nextInt()
                    : "{}[]<>/&\"019-e.,".charAt(random.nextInt(16)));
      }
      if (random.nextInt(5) == 0) {
        bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
      }
      try {
        if (json) {
          BoxFiles.coco(Files.write(dir.resolve("x.json"), bytes), PICTURES);
        } else {
          Files.write(annotations.resolve("x.xml"), bytes);
          BoxFiles.voc(annotations, PICTURES);
        }
      } catch (QuernException e) {
        assertThat(e).isInstanceOf(FormatException.class);
      }
    }
  }

  @Test
  void nulls() {
    for (Runnable wrong :
        List.<Runnable>of(
            () -> BoxFiles.coco(null, dir),
            () -> BoxFiles.coco(dir, null),
            () -> BoxFiles.voc(null, dir),
            () -> BoxFiles.voc(dir, null),
            () -> BoxFiles.voc(dir, dir, (String[]) null),
            () -> BoxFiles.voc(dir, dir, (String) null),
            () -> BoxFiles.yolo(null, dir),
            () -> BoxFiles.yolo(dir, null))) {
      assertThatThrownBy(wrong::run).isInstanceOf(InvalidArgumentException.class);
    }
  }
}
