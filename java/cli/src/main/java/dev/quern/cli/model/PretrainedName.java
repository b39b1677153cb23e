package dev.quern.cli.model;

import dev.quern.error.InvalidArgumentException;
import dev.quern.io.pretrained.Pretrained;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Converter of a name in the catalog to a pretrained network. */
final class PretrainedName implements ITypeConverter<Pretrained> {
  @Override
  public Pretrained convert(String value) {
    try {
      return Pretrained.of(value);
    } catch (InvalidArgumentException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }
}
