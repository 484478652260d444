//! `Debug` that keeps secrets to itself.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::print::Piece;
use super::types::ident;
use crate::ir::{Exposure, Name};

/// What to derive, and the implementation where `Debug` cannot be derived.
pub(super) struct Debugging {
    pub derive: TokenStream,
    pub implementation: Option<Piece>,
}

/// Of a type with these members, in order.
pub(super) fn emit_debugging(ty: &Name, members: &[(Ident, Exposure)]) -> Debugging {
    if members
        .iter()
        .all(|(_, exposure)| *exposure == Exposure::Shown)
    {
        return Debugging {
            derive: quote!(Debug,),
            implementation: None,
        };
    }
    Debugging {
        derive: quote!(),
        implementation: Some(emit_implementation(ty, members)),
    }
}

fn emit_implementation(ty: &Name, members: &[(Ident, Exposure)]) -> Piece {
    let text = ty.as_str();
    let ty = ident(ty);
    let calls = members.iter().map(emit_member);
    let method = quote! {
        #[inline]
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.debug_struct(#text) #(#calls)* .finish()
        }
    };
    Piece::Impl {
        head: quote!(impl std::fmt::Debug for #ty),
        members: vec![method],
    }
}

fn emit_member((name, exposure): &(Ident, Exposure)) -> TokenStream {
    let text = name.to_string();
    match exposure {
        Exposure::Shown => quote!(.field(#text, &self.#name)),
        Exposure::Hidden => quote!(.field(#text, &"[secret]")),
    }
}
