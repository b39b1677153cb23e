package dev.quern.io.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.data.Dataset;
import dev.quern.data.MultiDataset;
import dev.quern.data.Normalization;
import dev.quern.data.Preprocessing;
import dev.quern.error.QuernException;
import dev.quern.io.ArrayFiles;
import dev.quern.io.ArrayFilesBuilder;
import dev.quern.io.ArrayLayout;
import dev.quern.io.Checkpoint;
import dev.quern.io.Checkpoints;
import dev.quern.io.CodecValues;
import dev.quern.io.Codecs;
import dev.quern.io.FolderLock;
import dev.quern.io.ModelFile;
import dev.quern.io.NameMap;
import dev.quern.io.NetworkJson;
import dev.quern.io.Npy;
import dev.quern.io.NumpyFile;
import dev.quern.io.RawPictures;
import dev.quern.io.Safetensors;
import dev.quern.io.SafetensorsFile;
import dev.quern.io.SmallRun;
import dev.quern.io.StateDict;
import dev.quern.io.pretrained.CacheDoor;
import dev.quern.io.pretrained.Pretrained;
import dev.quern.io.pretrained.PretrainedCache;
import dev.quern.layer.CustomLayer;
import dev.quern.metric.Goal;
import dev.quern.network.Network;
import dev.quern.predict.ModelData;
import dev.quern.tensor.DType;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import dev.quern.train.Trainer;
import dev.quern.train.TrainingListener;
import dev.quern.train.TrainingState;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * F9, F10: every public constructor and method of the exported package, found by reflection, with
 * each argument in turn null or extreme: what it throws is one of Quern's exceptions.
 */
@Timeout(120)
class ArgumentsTest {
  @TempDir Path dir;
  private final Trainer trainer = SmallRun.builder().build();
  private final Map<Class<?>, Object> samples = new HashMap<>();

  @BeforeEach
  void makeSamples() throws IOException {
    Network network = trainer.network();
    ModelData model = ModelData.untrained(network, 1);
    Path file = dir.resolve("sample.safetensors");
    ModelFile.save(file, model);
    RemoteFile remote = new RemoteFile(URI.create("http://127.0.0.1:1/x"), 1, "0".repeat(64));
    TrainingState state = trainer.state();
    Checkpoints checkpoints = Checkpoints.in(dir.resolve("checkpoints"));
    checkpoints.save(trainer);
    FolderLock lock = FolderLock.take("test", dir, trainer);
    samples.putAll(
        Map.of(
            Path.class, file,
            String.class, "mnist",
            Network.class, network,
            ModelData.class, model,
            RemoteFile.class, remote,
            TrainingState.class, state,
            Checkpoints.class, checkpoints,
            FolderLock.class, lock,
            Trainer.class, trainer));
    samples.putAll(
        Map.of(
            TrainingListener.class,
            new TrainingListener() {},
            DownloadListener.class,
            DownloadListener.NONE,
            Split.class,
            Split.TRAIN,
            Shape.class,
            Shape.of(1),
            URI.class,
            remote.uri(),
            Map.class,
            Map.of(),
            List.class,
            List.of("a"),
            LinkedHashMap.class,
            new LinkedHashMap<>(),
            Consumer.class,
            (Consumer<Object>) x -> {},
            Predicate.class,
            (Predicate<Object>) x -> false));
    samples.putAll(
        Map.of(
            float[].class, new float[1],
            double[].class, new double[1],
            long[].class, new long[1],
            int[].class, new int[] {1},
            byte[].class, new byte[1],
            short[].class, new short[1],
            Object.class, this,
            Throwable.class, new IOException("sample"),
            Safetensors.class, Safetensors.read(file),
            Checkpoint.class, checkpoints.latest()));
    samples.put(String[].class, new String[] {"a"});
    samples.put(DType.class, DType.BF16);
    samples.put(Class.class, Identity.class);
    samples.put(Function.class, (Function<Object, Object>) x -> Map.of());
    samples.put(CodecValues.class, values());
    samples.put(Dataset.Kind.class, Dataset.Kind.BYTES);
    Dataset data = Dataset.of("d", Shape.of(1), List.of("a"), new byte[1], new int[1]);
    samples.put(Dataset.class, data);
    samples.put(MultiDataset.class, MultiDataset.of(Map.of("x", data), Map.of("y", data)));
    samples.put(ByteBuffer.class, ByteBuffer.allocate(1));
    samples.put(FloatBuffer.class, FloatBuffer.allocate(1));
    samples.put(RecordFile.class, records());
    samples.put(IdxFile.class, new IdxFile(new int[] {1}, new byte[1]));
    samples.put(Safetensors.Entry.class, Safetensors.Entry.floats(Shape.of(1), new float[1]));
    samples.put(String[].class, new String[0]);
    samples.put(NameMap.class, NameMap.none());
    samples.put(StateDict.class, StateDict.load(file));
    samples.put(SafetensorsFile.class, SafetensorsFile.open(file));
    Path pictures = RawPictures.folder(dir.resolve("pictures"));
    ImageFolderBuilder builder = ImageFolder.builder(pictures).size(Size.of(2));
    samples.put(ImageFolderBuilder.class, builder);
    samples.put(ImageFolder.class, builder.open());
    samples.put(BrokenFile.class, new BrokenFile(pictures, "broken"));
    samples.put(ProgressListener.class, ProgressListener.NONE);
    samples.put(Size.class, Size.of(2));
    samples.put(Preprocessing.class, Preprocessing.of(Normalization.unit(1)));
    samples.put(Cifar100.Labels.class, Cifar100.Labels.FINE);
    samples.put(ArrayLayout.class, ArrayLayout.NHWC);
    Path arrays =
        Npy.npz(
            dir.resolve("a.npz"), "x", Npy.bytes("(1, 2)", new byte[2]), "y", Npy.longs("(1,)", 0));
    samples.put(ArrayFilesBuilder.class, ArrayFiles.builder(arrays));
    samples.put(ArrayFiles.class, ArrayFiles.builder(arrays).open());
    samples.put(NumpyFile.class, NumpyFile.open(arrays));
    Path table = Files.writeString(dir.resolve("table.csv"), "a,b\n1,x\n");
    samples.put(CsvFileBuilder.class, CsvFile.builder(table).label("b"));
    samples.put(CsvFile.class, CsvFile.builder(table).label("b").open());
    samples.put(LabelKind.class, LabelKind.MULTI_LABEL);
    samples.put(Preprocessing.Fit.class, Preprocessing.Fit.FIT);
    samples.put(Goal.class, Goal.LOSS);
    samples.put(Pretrained.class, Pretrained.of("mnist"));
    samples.put(PretrainedCache.class, CacheDoor.in(dir.resolve("models")));
    samples.put(Downloader.class, new Downloader(Duration.ofMillis(50), Duration.ofMillis(1)));
  }

  /** A layer that can be registered. */
  private record Identity() implements CustomLayer {
    @Override
    public Shape outputShape(Shape input) {
      return input;
    }

    @Override
    public void forward(Forward pass) {}

    @Override
    public void backward(Backward pass) {}
  }

  /** What a codec gets. */
  private static CodecValues values() {
    CodecValues[] all = new CodecValues[1];
    Codecs.layer(
        "identity",
        Identity.class,
        x -> Map.of("mnist", 1),
        in -> {
          all[0] = in;
          in.integer("mnist");
          return new Identity();
        });
    NetworkJson.read(NetworkJson.write(Network.of("n", Shape.of(1), new Identity())));
    return all[0];
  }

  @AfterEach
  void close() {
    Codecs.layers().forEach(Codecs::remove);
    ((FolderLock) samples.get(FolderLock.class)).close();
    ((SafetensorsFile) samples.get(SafetensorsFile.class)).close();
    ((RecordFile) samples.get(RecordFile.class)).close();
    ((NumpyFile) samples.get(NumpyFile.class)).close();
    trainer.close();
  }

  private RecordFile records() throws IOException {
    Path file = Files.write(dir.resolve("records"), new byte[4]);
    return RecordFile.open(file, "r", Shape.of(1), Dataset.Kind.BYTES, List.of("a"));
  }

  /** What stands for a parameter: first what is right, then what may not be. */
  private List<Object> values(Class<?> type) {
    if (type == boolean.class) {
      return List.of(false, true);
    }
    if (type == int.class) {
      return List.of(1, 0, -1, Integer.MIN_VALUE, Integer.MAX_VALUE);
    }
    if (type == char.class) {
      return List.of(';', '"', '\n', '\0', '\uffff');
    }
    if (type == double.class) {
      return List.of(1.0, Double.NaN, -Double.MAX_VALUE);
    }
    if (type == float.class) {
      return List.of(1f, Float.NaN, -Float.MAX_VALUE);
    }
    if (type == long.class) {
      return List.of(1L, 0L, -1L, Long.MIN_VALUE, Long.MAX_VALUE);
    }
    if (!samples.containsKey(type)) {
      throw new AssertionError("the test has no sample of " + type);
    }
    List<Object> all = new ArrayList<>(Arrays.asList(samples.get(type), null));
    if (type == String.class) {
      all.addAll(List.of("", "\0", "x".repeat(3000)));
    } else if (type == Path.class) {
      all.addAll(List.of(Path.of(""), dir, dir.resolve("none/none")));
    } else if (type == Map.class) {
      all.add(mapOf(null, "x"));
      all.add(mapOf("x", null));
      all.add(mapOf(null, null));
    } else if (type == LinkedHashMap.class) {
      all.add(mapOf("x", null));
      all.add(mapOf(null, samples.get(Safetensors.Entry.class)));
    } else if (type == List.class) {
      all.add(Arrays.asList("a", null));
      all.add(List.of());
    } else if (type == int[].class) {
      all.addAll(List.of(new int[0], new int[] {-1}, new int[] {1 << 30, 1 << 30, 1 << 30, 1}));
    } else if (type == Shape.class) {
      all.addAll(List.of(Shape.of(), Shape.of(0), Shape.of(1L << 40), Shape.of(2, 1)));
    } else if (type == ByteBuffer.class) {
      all.addAll(List.of(ByteBuffer.allocate(0), ByteBuffer.allocate(1).asReadOnlyBuffer()));
    } else if (type == URI.class) {
      all.addAll(List.of(URI.create("mailto:x"), URI.create(""), URI.create("http:/x")));
    }
    return all;
  }

  private static Map<Object, Object> mapOf(Object key, Object value) {
    Map<Object, Object> map = new LinkedHashMap<>();
    map.put(key, value);
    return map;
  }

  private static List<Class<?>> publicClasses() throws URISyntaxException, IOException {
    Path classes =
        Path.of(Checkpoints.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    List<Class<?>> all = new ArrayList<>();
    for (String folder :
        List.of("dev/quern/io", "dev/quern/io/dataset", "dev/quern/io/pretrained")) {
      try (var files = Files.list(classes.resolve(folder))) {
        for (Path f : files.filter(p -> p.toString().endsWith(".class")).sorted().toList()) {
          String name = f.getFileName().toString().replace(".class", "");
          Class<?> c = load(folder.replace('/', '.') + "." + name);
          if (Modifier.isPublic(c.getModifiers()) && !name.startsWith("package")) {
            all.add(c);
          }
        }
      }
    }
    return all;
  }

  private static Class<?> load(String name) {
    try {
      return Class.forName(name);
    } catch (ClassNotFoundException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void nothingButTypedErrors() throws Exception {
    List<String> wrong = new ArrayList<>();
    int calls = 0;
    for (Class<?> c : publicClasses()) {
      if (c.isInterface() || c.isEnum()) {
        continue;
      }
      List<Executable> all = new ArrayList<>();
      if (!Modifier.isAbstract(c.getModifiers())) {
        all.addAll(List.of(c.getConstructors()));
      }
      for (Method m : c.getDeclaredMethods()) {
        if (Modifier.isPublic(m.getModifiers()) && !m.isSynthetic()) {
          all.add(m);
        }
      }
      for (Executable e : all) {
        calls += attack(e, wrong);
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(calls).isGreaterThan(150);
  }

  private int attack(Executable e, List<String> wrong) {
    Class<?>[] types = e.getParameterTypes();
    Object[] right = Arrays.stream(types).map(t -> values(t).get(0)).toArray();
    int calls = 0;
    for (int i = 0; i < Math.max(1, types.length); i++) {
      for (Object v : types.length == 0 ? List.of(0) : values(types[i])) {
        Object[] arguments = right.clone();
        if (types.length > 0) {
          arguments[i] = v;
        }
        call(e, arguments, wrong);
        calls++;
      }
    }
    return calls;
  }

  private void call(Executable e, Object[] arguments, List<String> wrong) {
    Object made = null;
    try {
      if (e instanceof Constructor<?> c) {
        c.newInstance(arguments);
      } else if (Modifier.isStatic(e.getModifiers())) {
        made = ((Method) e).invoke(null, arguments);
      } else if (!e.getName().equals("close")) {
        Object target = values(e.getDeclaringClass()).get(0);
        ((Method) e).invoke(target, arguments);
      }
    } catch (InvocationTargetException x) {
      if (!(x.getCause() instanceof QuernException)) {
        wrong.add(e + " with " + Arrays.toString(arguments) + ": " + x.getCause());
      }
    } catch (ReflectiveOperationException x) {
      throw new AssertionError(e.toString(), x);
    }
    if (made instanceof FolderLock lock) {
      lock.close();
    } else if (made instanceof SafetensorsFile file) {
      file.close();
    } else if (made instanceof NumpyFile file) {
      file.close();
    }
  }
}
