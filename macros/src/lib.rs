//! `#[methods]`: what an `impl` block has are the methods of a PHP class.
//!
//! It stands where `#[php_impl]` of ext-php-rs would. That one makes a builder with several pieces of memory for every
//! method and parameter, each time that PHP starts. What is written here are calls with constants, of which
//! `src/php/method.rs` of the extension makes the engine's tables; names are in the code and not in a table, in which
//! they would be addresses that the loader has to write.
//!
//! The names are Rust's own, so that PHP's named arguments have them. `#[php(name = "match")]` gives a method another
//! name, `#[php(vis = "private")]` hides a constructor, and there are no other options.

#![cfg_attr(test, allow(clippy::unwrap_used))]

use std::ffi::CString;

use proc_macro2::{Group, Ident, Literal, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::ext::IdentExt as _;
use syn::{
    Error, FnArg, ImplItem, ImplItemFn, ItemImpl, LitStr, Pat, ReceiverKind, Result, ReturnType,
    Type, parse_macro_input,
};

/// See the crate.
#[proc_macro_attribute]
pub fn methods(
    _: proc_macro::TokenStream,
    block: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    let block = parse_macro_input!(block as ItemImpl);
    expand(block)
        .unwrap_or_else(|error| error.into_compile_error())
        .into()
}

/// What a method of PHP is, from what Rust says of it.
struct Method {
    name: Ident,
    php_name: Literal,
    has_receiver: bool,
    is_private: bool,
    parameters: Vec<(Ident, TokenStream)>,
    returned: TokenStream,
}

/// What `#[php(…)]` says of a method.
#[derive(Default)]
struct Options {
    name: Option<String>,
    is_private: bool,
}

fn c_string(name: &str) -> Literal {
    Literal::c_string(&CString::new(name).unwrap_or_default())
}

/// The same with the name of the class in place of `Self`, for items inside of functions.
fn naming(class: &TokenStream, tokens: TokenStream) -> TokenStream {
    tokens
        .into_iter()
        .map(|token| match token {
            TokenTree::Ident(word) if word == "Self" => class.clone(),
            TokenTree::Group(group) => {
                let inner = naming(class, group.stream());
                TokenTree::Group(Group::new(group.delimiter(), inner)).into()
            }
            other => other.into(),
        })
        .collect()
}

/// Takes `#[php(…)]` off a method.
fn take_options(method: &mut ImplItemFn) -> Result<Options> {
    let mut options = Options::default();
    let (ours, others) = std::mem::take(&mut method.attrs)
        .into_iter()
        .partition(|attribute| attribute.path().is_ident("php"));
    method.attrs = others;
    let ours: Vec<syn::Attribute> = ours;
    for attribute in ours {
        attribute.parse_nested_meta(|option| {
            let text = option.value()?.parse::<LitStr>()?.value();
            if option.path.is_ident("name") {
                options.name = Some(text);
            } else if option.path.is_ident("vis") && text == "private" {
                options.is_private = true;
            } else {
                return Err(option.error("only `name` and `vis = \"private\"` are known"));
            }
            Ok(())
        })?;
    }
    Ok(options)
}

impl Method {
    fn of(class: &TokenStream, method: &mut ImplItemFn) -> Result<Self> {
        let options = take_options(method)?;
        let signature = &method.sig;
        if !signature.generics.params.is_empty() {
            let why = "a method of PHP is not generic";
            return Err(Error::new_spanned(&signature.generics, why));
        }
        let mut has_receiver = false;
        let mut parameters = Vec::new();
        for input in &signature.inputs {
            match input {
                FnArg::Receiver(receiver) => {
                    if !matches!(receiver.kind, ReceiverKind::Reference(_, None, None)) {
                        let why = "objects of PHP are shared: take `&self`";
                        return Err(Error::new_spanned(receiver, why));
                    }
                    has_receiver = true;
                }
                FnArg::Typed(parameter) => {
                    let Pat::Ident(name) = &*parameter.pat else {
                        let why = "a parameter of PHP has one name";
                        return Err(Error::new_spanned(&parameter.pat, why));
                    };
                    let ty = naming(class, parameter.ty.to_token_stream());
                    parameters.push((name.ident.clone(), ty));
                }
            }
        }
        let returned = match &signature.output {
            ReturnType::Default => quote!(()),
            ReturnType::Type(_, ty) => naming(class, ty.to_token_stream()),
        };
        let name = signature.ident.clone();
        let php_name = options.name.unwrap_or_else(|| name.unraw().to_string());
        Ok(Self {
            php_name: c_string(&php_name),
            name,
            has_receiver,
            is_private: options.is_private,
            parameters,
            returned,
        })
    }

    fn is_constructor(&self) -> bool {
        self.name == "__construct"
    }

    /// How many arguments have to be given, of all.
    fn required(&self) -> TokenStream {
        let types = self.parameters.iter().map(|(_, ty)| ty);
        quote! {
            ::ext_php_rs::args::required_count(&[
                #(<#types as ::ext_php_rs::convert::FromZvalMut>::NULLABLE),*
            ])
        }
    }

    fn flags(&self) -> TokenStream {
        let visibility = if self.is_private {
            quote!(Private)
        } else {
            quote!(Public)
        };
        let visibility = quote!(::ext_php_rs::flags::MethodFlags::#visibility);
        if self.has_receiver || self.is_constructor() {
            visibility
        } else {
            quote!(#visibility.union(::ext_php_rs::flags::MethodFlags::Static))
        }
    }

    /// Reads the arguments, and calls it.
    fn call(&self, class: &TokenStream) -> TokenStream {
        let name = &self.name;
        let (names, types): (Vec<_>, Vec<_>) = self.parameters.iter().cloned().unzip();
        let php_names = names.iter().map(|name| name.unraw().to_string());
        let (this, first) = if self.has_receiver {
            let this = quote!(let __this = __arguments.this::<#class>()?;);
            (this, quote!(__this,))
        } else {
            (quote!(), quote!())
        };
        quote! {
            #(let #names = __arguments.next::<#types>(#php_names)?;)*
            #this
            let __returned = <#class>::#name(#first #(#names),*);
        }
    }

    /// The item that the engine calls.
    fn handler(&self, class: &TokenStream) -> TokenStream {
        let required = self.required();
        let most = self.parameters.len();
        let call = self.call(class);
        quote! {
            enum Handler {}
            impl crate::php::method::Handler for Handler {
                const REQUIRED: usize = #required;
                const MOST: usize = #most;

                fn handle(
                    mut __arguments: crate::php::method::Arguments<'_>,
                    __answer: &mut ::ext_php_rs::types::Zval,
                ) -> Option<()> {
                    #call
                    crate::php::method::answer(__answer, __returned)
                }
            }
        }
    }

    /// Its place in the list.
    fn listed(&self, class: &TokenStream) -> TokenStream {
        let php_name = &self.php_name;
        let flags = self.flags();
        let parameters = self.parameters.iter().map(|(name, ty)| {
            let name = c_string(&name.unraw().to_string());
            quote!(__list.parameter::<#ty>(#name);)
        });
        let method = if self.is_constructor() {
            quote!(__list.constructor::<#class>(#flags);)
        } else {
            let handler = self.handler(class);
            let returned = &self.returned;
            quote! {
                #handler
                __list.method::<Handler, #returned>(#php_name, #flags);
            }
        };
        quote!({ #method #(#parameters)* })
    }
}

fn expand(mut block: ItemImpl) -> Result<TokenStream> {
    if block.trait_.is_some() || !matches!(&*block.self_ty, Type::Path(_)) {
        let why = "`#[methods]` stands before `impl Class`";
        return Err(Error::new_spanned(&block.self_ty, why));
    }
    let class = block.self_ty.to_token_stream();
    let mut methods = Vec::new();
    for item in &mut block.items {
        let ImplItem::Fn(method) = item else {
            return Err(Error::new_spanned(item, "only methods are PHP's"));
        };
        methods.push(Method::of(&class, method)?);
    }
    // Reflection shows them in this order.
    methods.sort_by_key(Method::is_constructor);
    let Some(constructor) = methods.last().filter(|last| last.is_constructor()) else {
        let why = "a class has a `__construct`; a private one if PHP code makes none";
        return Err(Error::new_spanned(&block.self_ty, why));
    };
    let required = constructor.required();
    let most = constructor.parameters.len();
    let construct = constructor.call(&class);
    let listed = methods.iter().map(|method| method.listed(&class));
    Ok(quote! {
        #block

        impl crate::php::method::Methods for #class {
            fn list(__list: &mut crate::php::method::MethodList) {
                #(#listed)*
            }

            const REQUIRED: usize = #required;
            const MOST: usize = #most;

            fn construct(
                mut __arguments: crate::php::method::Arguments<'_>,
            ) -> Option<::std::result::Result<Self, ::ext_php_rs::exception::PhpException>> {
                #construct
                Some(__returned.map_err(Into::into))
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use syn::parse_quote;

    use super::*;

    fn why_not(block: ItemImpl) -> String {
        expand(block).unwrap_err().to_string()
    }

    fn written(block: ItemImpl) -> String {
        let written = expand(block).unwrap().to_string();
        written.split_whitespace().collect()
    }

    #[test]
    fn what_php_cannot_call_is_refused() {
        let generic = why_not(parse_quote!(
            impl Class {
                pub fn of<T>(what: T) {}
            }
        ));
        assert_eq!(generic, "a method of PHP is not generic");
        let changing = why_not(parse_quote!(
            impl Class {
                pub fn change(&mut self) {}
            }
        ));
        assert_eq!(changing, "objects of PHP are shared: take `&self`");
        let nameless = why_not(parse_quote!(
            impl Class {
                pub fn of((a, b): (Arg<i64>, Arg<i64>)) {}
            }
        ));
        assert_eq!(nameless, "a parameter of PHP has one name");
    }

    #[test]
    fn an_option_that_is_not_known_is_refused() {
        let why = why_not(parse_quote!(
            impl Class {
                #[php(vis = "protected")]
                pub fn __construct() {}
            }
        ));
        assert_eq!(why, "only `name` and `vis = \"private\"` are known");
    }

    #[test]
    fn a_class_without_a_constructor_is_refused() {
        let why = why_not(parse_quote!(
            impl Class {
                pub fn id(&self) -> i64 {
                    0
                }
            }
        ));
        assert!(why.starts_with("a class has a `__construct`"), "{why}");
    }

    #[test]
    fn names_are_as_written_and_the_constructor_is_the_last() {
        let written = written(parse_quote!(
            impl Class {
                #[php(vis = "private")]
                pub fn __construct() -> Result<Self, Failure> {}
                #[php(name = "match")]
                pub fn matches(&self, qrPng: Arg<i64>) -> bool {}
            }
        ));
        let (list, _) = written.split_once("constREQUIRED:usize=").unwrap();
        assert!(!list.contains("#[php"), "{list}");
        let list = written.split_once("__list:").unwrap().1;
        let method = "method::<Handler,bool>(c\"match\",::ext_php_rs::flags::MethodFlags::Public)";
        let parameter = "parameter::<Arg<i64>>(c\"qrPng\")";
        let constructor = "constructor::<Class>(::ext_php_rs::flags::MethodFlags::Private)";
        let places = [method, parameter, constructor].map(|call| list.find(call).unwrap());
        assert!(places.is_sorted(), "{places:?}");
    }

    #[test]
    fn a_method_without_a_receiver_is_static_and_self_is_the_class() {
        let written = written(parse_quote!(
            impl Class {
                pub fn __construct() -> Result<Self, Failure> {}
                pub fn of(other: Arg<&Self>) -> Result<Option<Self>, Failure> {}
            }
        ));
        assert!(written.contains(
            "method::<Handler,Result<Option<Class>,Failure>>(c\"of\",::ext_php_rs::flags::MethodFlags::Public.union(::ext_php_rs::flags::MethodFlags::Static))"
        ));
        assert!(written.contains("__arguments.next::<Arg<&Class>>(\"other\")?"));
    }
}
