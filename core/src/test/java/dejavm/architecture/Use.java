package dejavm.architecture;

import java.lang.classfile.Attributes;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeElement;
import java.lang.classfile.FieldModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.instruction.ConstantInstruction.LoadConstantInstruction;
import java.lang.classfile.instruction.ExceptionCatch;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.NewMultiArrayInstruction;
import java.lang.classfile.instruction.NewObjectInstruction;
import java.lang.classfile.instruction.NewReferenceArrayInstruction;
import java.lang.classfile.instruction.TypeCheckInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDesc;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.DynamicConstantDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One thing that a class refers to.
 *
 * <p>A method reference counts as a use of its method; the bootstrap methods that the compiler puts
 * behind lambdas, records and switches do not. Constants that the compiler inlined leave no trace.
 *
 * @param user the class that refers
 * @param method the method of it that does, or the field, or empty for the class's own declaration
 * @param type the class referred to
 * @param member its method or field; empty where only the type is mentioned
 */
public record Use(String user, String method, String type, String member) {
  private static final Pattern SIGNATURE_TYPE = Pattern.compile("L([\\w/$]+)");

  /** All that a class refers to, itself left out. */
  public static Set<Use> of(ClassModel type) {
    Collector collector = new Collector(CompiledClasses.name(type));
    collector.declaration(type);
    type.fields().forEach(collector::field);
    type.methods().forEach(collector::method);
    collector.uses.removeIf(use -> use.type.equals(use.user));
    return collector.uses;
  }

  @Override
  public String toString() {
    return user
        + (method.isEmpty() ? "" : "." + method)
        + " uses "
        + type
        + (member.isEmpty() ? "" : "." + member);
  }

  private static final class Collector {
    private final Set<Use> uses = new LinkedHashSet<>();
    private final String user;
    private String method = "";

    Collector(String user) {
      this.user = user;
    }

    void declaration(ClassModel type) {
      type.superclass().ifPresent(this::mention);
      type.interfaces().forEach(this::mention);
      type.findAttribute(Attributes.signature())
          .ifPresent(signature -> signature(signature.signature().stringValue()));
      type.findAttribute(Attributes.permittedSubclasses())
          .ifPresent(permitted -> permitted.permittedSubclasses().forEach(this::mention));
    }

    void field(FieldModel field) {
      method = field.fieldName().stringValue();
      mention(field.fieldTypeSymbol());
      field
          .findAttribute(Attributes.signature())
          .ifPresent(signature -> signature(signature.signature().stringValue()));
    }

    void method(MethodModel declared) {
      method = declared.methodName().stringValue();
      mention(declared.methodTypeSymbol());
      declared
          .findAttribute(Attributes.signature())
          .ifPresent(signature -> signature(signature.signature().stringValue()));
      declared
          .findAttribute(Attributes.exceptions())
          .ifPresent(thrown -> thrown.exceptions().forEach(this::mention));
      declared.code().ifPresent(code -> code.forEach(this::element));
    }

    private void element(CodeElement element) {
      switch (element) {
        case InvokeInstruction i -> {
          member(i.owner().asSymbol(), i.name().stringValue());
          mention(i.typeSymbol());
        }
        case FieldInstruction i -> {
          member(i.owner().asSymbol(), i.name().stringValue());
          mention(i.typeSymbol());
        }
        case NewObjectInstruction i -> mention(i.className());
        case TypeCheckInstruction i -> mention(i.type());
        case NewReferenceArrayInstruction i -> mention(i.componentType());
        case NewMultiArrayInstruction i -> mention(i.arrayType());
        case ExceptionCatch i -> i.catchType().ifPresent(this::mention);
        case LoadConstantInstruction i -> constant(i.constantValue());
        case InvokeDynamicInstruction i -> {
          mention(i.typeSymbol());
          i.bootstrapArgs().forEach(this::constant);
        }
        default -> {}
      }
    }

    private void constant(ConstantDesc constant) {
      switch (constant) {
        case ClassDesc c -> mention(c);
        case MethodTypeDesc m -> mention(m);
        case DirectMethodHandleDesc h -> member(h.owner(), h.methodName());
        case DynamicConstantDesc<?> d -> d.bootstrapArgsList().forEach(this::constant);
        default -> {}
      }
    }

    private void signature(String signature) {
      Matcher matcher = SIGNATURE_TYPE.matcher(signature);
      while (matcher.find()) {
        if (matcher.group(1).indexOf('/') > 0) {
          add(matcher.group(1).replace('/', '.'), "");
        }
      }
    }

    private void mention(MethodTypeDesc type) {
      mention(type.returnType());
      type.parameterList().forEach(this::mention);
    }

    private void mention(ClassEntry entry) {
      mention(entry.asSymbol());
    }

    private void mention(ClassDesc type) {
      member(type, "");
    }

    private void member(ClassDesc owner, String member) {
      ClassDesc type = owner;
      while (type.isArray()) {
        type = type.componentType();
      }
      if (!type.isPrimitive()) {
        String descriptor = type.descriptorString();
        // a method of an array (clone) is no one's
        add(
            descriptor.substring(1, descriptor.length() - 1).replace('/', '.'),
            owner.isArray() ? "" : member);
      }
    }

    private void add(String type, String member) {
      uses.add(new Use(user, method, type, member));
    }
  }
}
