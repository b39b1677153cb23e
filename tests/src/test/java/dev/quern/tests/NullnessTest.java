package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreeScanner;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Where null is allowed, compilers and editors are told. */
class NullnessTest {
  private static final List<String> MODULES =
      List.of("core", "io", "image", "micrometer", "onnx", "reference", "serve");

  /** A package that everybody may use; those for our own modules alone say {@code to}. */
  private static final Pattern EXPORTED = Pattern.compile("exports ([\\w.]+);");

  /** The sources of the exported packages. */
  private static List<Path> sources() throws Exception {
    List<Path> all = new ArrayList<>();
    for (String module : MODULES) {
      Path root = Docs.ROOT.resolve("java/" + module + "/src/main/java");
      Matcher m = EXPORTED.matcher(Files.readString(root.resolve("module-info.java")));
      while (m.find()) {
        try (Stream<Path> files = Files.list(root.resolve(m.group(1).replace('.', '/')))) {
          files.filter(f -> f.toString().endsWith(".java")).sorted().forEach(all::add);
        }
      }
    }
    return all;
  }

  private static Class<?> classOf(Path source) throws ClassNotFoundException {
    String name = source.toString().replaceAll(".*/src/main/java/", "").replace(".java", "");
    return Class.forName(name.replace('/', '.'));
  }

  @Test
  void exportedPackagesAreNullMarked() throws Exception {
    int packages = 0;
    for (Path source : sources()) {
      if (source.endsWith("package-info.java")) {
        assertThat(classOf(source).isAnnotationPresent(NullMarked.class)).as("%s", source).isTrue();
        packages++;
      }
    }
    assertThat(packages).isGreaterThanOrEqualTo(15);
  }

  /** Those whose names say that they may be null; names are in sources only. */
  private static final class Parameters extends TreeScanner<Void, Boolean> {
    final Set<String> found = new TreeSet<>();
    final Set<String> untold = new TreeSet<>();

    /**
     * @param open whether everybody sees what is around
     */
    @Override
    public Void visitClass(ClassTree type, Boolean open) {
      boolean shown = open && type.getModifiers().getFlags().contains(Modifier.PUBLIC);
      if (type.getKind() == Tree.Kind.INTERFACE) { // its members are public without a word
        type.getMembers().stream()
            .filter(MethodTree.class::isInstance)
            .filter(m -> shown)
            .forEach(m -> judge(type, (MethodTree) m));
      }
      return super.visitClass(type, shown);
    }

    @Override
    public Void visitMethod(MethodTree method, Boolean open) {
      if (open && method.getModifiers().getFlags().contains(Modifier.PUBLIC)) {
        judge(method, method);
      }
      return super.visitMethod(method, false);
    }

    private void judge(Tree in, MethodTree method) {
      for (VariableTree p : method.getParameters()) {
        if (p.getName().toString().endsWith("OrNull")) {
          found.add(method.getName() + "." + p.getName());
          if (!(p.getModifiers() + " " + p.getType()).contains("@Nullable")) {
            untold.add(p + " in " + in);
          }
        }
      }
    }
  }

  @Test
  void everyPublicParameterThatMayBeNullIsNullable() throws Exception {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    Parameters parameters = new Parameters();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, Locale.ROOT, null)) {
      JavacTask task =
          (JavacTask)
              compiler.getTask(
                  null, files, null, null, null, files.getJavaFileObjectsFromPaths(sources()));
      for (CompilationUnitTree unit : task.parse()) {
        parameters.scan(unit, true);
      }
    }
    assertThat(parameters.found)
        .contains("forward.biasOrNull", "backward.weightOrNull", "onEnd.stopReasonOrNull");
    assertThat(parameters.untold).isEmpty();
  }

  @Test
  void componentsOfRecordsThatMayBeNull() throws Exception {
    Set<String> found = new TreeSet<>();
    for (Path source : sources()) {
      if (!source.endsWith("package-info.java")) {
        add(classOf(source), found);
      }
    }
    assertThat(found)
        .containsExactlyInAnyOrder(
            "data.Preprocessing.size",
            "detect.Detection.mask",
            "detect.Raw.values",
            "io.ArrayEntry.place",
            "io.ArrayEntry.type",
            "io.ArrayName.part",
            "io.ArrayName.role",
            "io.ArrayOrder.from",
            "io.pretrained.CatalogueEntry.detection",
            "io.pretrained.CatalogueEntry.network",
            "io.pretrained.CatalogueEntry.uri",
            "layer.AvgPool2d.sides",
            "layer.Conv2d.sides",
            "eager.DeformConv2dPass$Gradients.bias",
            "eager.DeformConv2dPass$Gradients.mask",
            "eager.Gradients.bias",
            "layer.LayerField.choices",
            "layer.LayerField.otherwise",
            "layer.MaxPool2d.sides",
            "eager.NormGradients.weight",
            "eager.ScaledDotProductAttentionPass$Gradients.bias",
            "eager.NormGradients.bias",
            "loss.CrossEntropy.classWeights",
            "loss.SoftmaxFocal.classWeights",
            "loss.BceWithLogits.classWeights",
            "loss.BceWithLogits.posWeights",
            "metric.Report.confusion",
            "network.Task.loss",
            "serve.InferRequest.id",
            "train.TrainingState$Fit.answers",
            "train.TrainingState$Progress.fit",
            "train.TrainingState$Progress.unfrozen",
            "reference.layer.NormGradients.weight",
            "reference.layer.ScaledDotProductAttentionReference$Gradients.bias",
            "reference.layer.NormGradients.bias",
            "reference.network.TensorCheck.numeric",
            "reference.network.TensorCheck.nativeCode");
  }

  private static void add(Class<?> type, Set<String> found) {
    for (RecordComponent c :
        type.isRecord() ? type.getRecordComponents() : new RecordComponent[0]) {
      if (c.getAnnotatedType().isAnnotationPresent(Nullable.class)) {
        found.add(type.getName().replace("dev.quern.", "") + "." + c.getName());
        assertThat(c.getAccessor().getAnnotatedReturnType().isAnnotationPresent(Nullable.class))
            .as("what %s() returns", c.getName())
            .isEqualTo(!c.getName().equals("unfrozen")); // which is empty instead
      }
    }
    for (Class<?> inner : type.getDeclaredClasses()) {
      add(inner, found);
    }
  }
}
