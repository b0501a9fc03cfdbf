//! A transaction that executes while the next statements are being made.

use std::sync::Arc;

use sea_orm::{ConnectionTrait, DbErr, Statement};
use tokio::task::JoinHandle;

use crate::{StoreError, writer::WriteTransaction};

/// A transaction and what it is executing. Dropping it writes nothing.
pub(crate) struct TransactionPipe {
    transaction: Arc<WriteTransaction>,
    running: Option<JoinHandle<Result<(), DbErr>>>,
}

impl TransactionPipe {
    pub(crate) fn new(transaction: WriteTransaction) -> Self {
        TransactionPipe { transaction: Arc::new(transaction), running: None }
    }

    /// Has statements executed, one after the other, once those that were sent before are done.
    pub(crate) async fn send(&mut self, statements: Vec<Statement>) -> Result<(), StoreError> {
        if statements.is_empty() {
            return Ok(());
        }
        self.wait_until_settled().await?;
        let transaction = self.transaction.clone();
        self.running = Some(tokio::spawn(async move {
            for statement in statements {
                transaction.execute_raw(statement).await?;
            }
            Ok(())
        }));
        Ok(())
    }

    /// The transaction, once all that was sent is done.
    pub(crate) async fn settled_transaction(&mut self) -> Result<&WriteTransaction, StoreError> {
        self.wait_until_settled().await?;
        Ok(&self.transaction)
    }

    /// Commits what was sent.
    pub(crate) async fn commit(self) -> Result<(), StoreError> {
        Ok(self.into_transaction().await?.commit().await?)
    }

    /// The transaction, once all that was sent is done.
    pub(crate) async fn into_transaction(mut self) -> Result<WriteTransaction, StoreError> {
        self.wait_until_settled().await?;
        Ok(Arc::into_inner(self.transaction).expect("nothing runs, so nobody else holds it"))
    }

    async fn wait_until_settled(&mut self) -> Result<(), StoreError> {
        match self.running.take() {
            Some(running) => Ok(running.await.map_err(|error| DbErr::Custom(error.to_string()))??),
            None => Ok(()),
        }
    }
}
