package dev.quern.fuzz.files;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Changes of single fields anywhere in a message: dropped, doubled, exchanged, of odd content. */
final class OnnxFields {
  private static final float[] FLOATS = {
    0, 1, -1, Float.NaN, Float.POSITIVE_INFINITY, 1e38f, 1e-38f, Float.MIN_VALUE, 0.5f, 1e9f
  };

  private final Message.Builder root;
  private final Dice dice;

  /** A field that is set, and the message that it is of. */
  private record Place(Message.Builder in, FieldDescriptor field) {}

  private OnnxFields(Message.Builder root, Dice dice) {
    this.root = root;
    this.dice = dice;
  }

  static void change(Message.Builder root, Dice dice) {
    new OnnxFields(root, dice).once();
  }

  private void once() {
    List<Place> all = new ArrayList<>();
    collect(root, all);
    if (all.isEmpty()) {
      return;
    }
    Place p = dice.of(all);
    int n = p.field().isRepeated() ? p.in().getRepeatedFieldCount(p.field()) : 0;
    int kind = dice.below(8);
    if (kind == 0) {
      p.in().clearField(p.field());
    } else if (n > 0 && kind == 1) {
      without(p, dice.below(n));
    } else if (n > 0 && kind == 2) {
      p.in().addRepeatedField(p.field(), p.in().getRepeatedField(p.field(), dice.below(n)));
    } else if (n > 0 && kind == 3) {
      Object first = p.in().getRepeatedField(p.field(), 0);
      int other = dice.below(n);
      p.in().setRepeatedField(p.field(), 0, p.in().getRepeatedField(p.field(), other));
      p.in().setRepeatedField(p.field(), other, first);
    } else {
      odd(p, all, n);
    }
  }

  private static void without(Place p, int index) {
    List<Object> kept = new ArrayList<>();
    for (int i = 0; i < p.in().getRepeatedFieldCount(p.field()); i++) {
      if (i != index) {
        kept.add(p.in().getRepeatedField(p.field(), i));
      }
    }
    p.in().clearField(p.field());
    kept.forEach(v -> p.in().addRepeatedField(p.field(), v));
  }

  private void odd(Place p, List<Place> all, int n) {
    Object old = n > 0 ? p.in().getRepeatedField(p.field(), 0) : p.in().getField(p.field());
    Object value = odd(p.field(), old, all);
    if (value == null) {
      return;
    }
    if (!p.field().isRepeated()) {
      p.in().setField(p.field(), value);
    } else if (n > 0) {
      p.in().setRepeatedField(p.field(), dice.below(n), value);
    }
  }

  /** Another value of a field; null for messages, whose fields have places of their own. */
  private Object odd(FieldDescriptor f, Object old, List<Place> all) {
    return switch (f.getJavaType()) {
      case INT -> (int) dice.odd();
      case LONG -> dice.below(3) == 0 ? dice.below(8) - 2L : dice.odd();
      case FLOAT -> FLOATS[dice.below(FLOATS.length)];
      case DOUBLE -> (double) FLOATS[dice.below(FLOATS.length)];
      case STRING -> text(all);
      case BYTE_STRING -> bytes((ByteString) old, all);
      case ENUM -> {
        List<EnumValueDescriptor> values = f.getEnumType().getValues();
        yield dice.of(values);
      }
      default -> null;
    };
  }

  /** Most often another of the model's own words, or an operator. */
  private String text(List<Place> all) {
    List<String> words = new ArrayList<>();
    for (Place p : all) {
      if (p.field().getJavaType() == FieldDescriptor.JavaType.STRING) {
        if (p.field().isRepeated()) {
          ((List<?>) p.in().getField(p.field())).forEach(w -> words.add((String) w));
        } else {
          words.add((String) p.in().getField(p.field()));
        }
      }
    }
    OnnxBases.NODES.forEach(line -> words.add(line.substring(0, line.indexOf(' '))));
    words.addAll(List.of("", "..", "/etc/passwd", "a\u0000b", "location", "offset", "ai.onnx"));
    return dice.of(words);
  }

  private ByteString bytes(ByteString old, List<Place> all) {
    if (dice.oneIn(3)) {
      return ByteString.copyFromUtf8(text(all));
    }
    byte[] some = old.toByteArray();
    return ByteString.copyFrom(Bits.mutate(some, some, dice));
  }

  private static void collect(Message.Builder in, List<Place> all) {
    for (Map.Entry<FieldDescriptor, Object> e : in.getAllFields().entrySet()) {
      FieldDescriptor f = e.getKey();
      all.add(new Place(in, f));
      if (f.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
        if (f.isRepeated()) {
          for (int i = 0; i < in.getRepeatedFieldCount(f); i++) {
            collect(in.getRepeatedFieldBuilder(f, i), all);
          }
        } else {
          collect(in.getFieldBuilder(f), all);
        }
      }
    }
  }
}
